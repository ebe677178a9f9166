"""What is built, by whom, and who supervises it."""

from enum import StrEnum

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from core.people.models import OrgKind


class SupervisionStatus(StrEnum):
    """监督状态 (HB-30 … 36); only projects under normal supervision are offered for checks."""

    REGISTERED = "registered"
    NORMAL = "normal"
    SUSPENDED = "suspended"
    STOPPED = "stopped"
    ACCEPTED = "accepted"
    TERMINATED = "terminated"


STATUS_CAPTIONS = {
    SupervisionStatus.REGISTERED: "待分配",
    SupervisionStatus.NORMAL: "正常",
    SupervisionStatus.SUSPENDED: "中止",
    SupervisionStatus.STOPPED: "停工",
    SupervisionStatus.ACCEPTED: "已竣工验收",
    SupervisionStatus.TERMINATED: "终止",
}
OPEN_TO_CHECKS = frozenset({SupervisionStatus.NORMAL, SupervisionStatus.STOPPED})


class Post(StrEnum):
    """关键岗位 and other posts on a project (X-11: Zhengzhou's eight posts are the key ones)."""

    CLIENT_REPRESENTATIVE = "client_representative"
    PM = "pm"
    TECHNICAL_LEADER = "technical_leader"
    SAFETY_OFFICER = "safety_officer"
    QUALITY_OFFICER = "quality_officer"
    CSE = "cse"
    CSE_DEPUTY = "cse_deputy"
    SPECIALIST_ENGINEER = "specialist_engineer"
    SUPERVISING_CLERK = "supervising_clerk"
    SITE_TESTER = "site_tester"
    SAMPLER = "sampler"
    WITNESS = "witness"
    OTHER = "other"


POST_CAPTIONS = {
    Post.CLIENT_REPRESENTATIVE: "建设单位代表",
    Post.PM: "项目经理",
    Post.TECHNICAL_LEADER: "项目技术负责人",
    Post.SAFETY_OFFICER: "专职安全员",
    Post.QUALITY_OFFICER: "质量员",
    Post.CSE: "总监",
    Post.CSE_DEPUTY: "总监理工程师代表",
    Post.SPECIALIST_ENGINEER: "专业监理工程师",
    Post.SUPERVISING_CLERK: "监理员",
    Post.SITE_TESTER: "试验人员",
    Post.SAMPLER: "取样员",
    Post.WITNESS: "见证员",
    Post.OTHER: "其他人员",
}


class Project(Model):
    """``longitude`` and ``latitude`` are GCJ-02 degrees, the system WeCom's map pickers use."""

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(120)
    supervision_no = fields.CharField(40, unique=True)
    station_id = fields.BigIntField()
    status = fields.CharEnumField(SupervisionStatus, max_length=12)
    address = fields.CharField(160, default="")
    progress_stage = fields.CharField(60, default="")
    longitude = fields.FloatField(null=True)
    latitude = fields.FloatField(null=True)
    cost = fields.BigIntField(null=True)  # yuan
    cover_id = fields.BigIntField(null=True)  # evidence

    class Meta:
        table = "project"
        indexes = (Index(fields=("station_id", "status")),)


class ProjectPosition(Model):
    """Where a project was found to be, each time anew (HN-10), in GCJ-02 degrees whatever ``datum`` it came in."""

    id = fields.BigIntField(primary_key=True)
    project_id = fields.BigIntField()
    person_id = fields.BigIntField()
    at = fields.DatetimeField()
    longitude = fields.FloatField()
    latitude = fields.FloatField()
    accuracy = fields.FloatField(null=True)  # metres, as the phone says
    address = fields.CharField(160)
    way = fields.CharField(8)
    datum = fields.CharField(8)
    key = fields.CharField(80, unique=True)  # of the form: a second press adds nothing

    class Meta:
        table = "project_position"
        indexes = (Index(fields=("project_id", "id")),)


class UnitWorks(Model):
    id = fields.BigIntField(primary_key=True)
    project_id = fields.BigIntField()
    name = fields.CharField(60)
    floors = fields.CharField(40, default="")

    class Meta:
        table = "unit_works"
        indexes = (Index(fields=("project_id",)),)


class ProjectParty(Model):
    """An organisation in one of the five responsible parties, or beside them."""

    id = fields.BigIntField(primary_key=True)
    project_id = fields.BigIntField()
    org_id = fields.BigIntField()
    kind = fields.CharEnumField(OrgKind, max_length=24)

    class Meta:
        table = "project_party"
        unique_together = (("project_id", "org_id", "kind"),)
        indexes = (Index(fields=("org_id",)),)


class ProjectMember(Model):
    """A person of a party at their post, ``until`` is set when the person leaves the project."""

    id = fields.BigIntField(primary_key=True)
    project_id = fields.BigIntField()
    person_id = fields.BigIntField()
    org_id = fields.BigIntField()
    post = fields.CharEnumField(Post, max_length=24)
    until = fields.DatetimeField(null=True)

    class Meta:
        table = "project_member"
        unique_together = (("project_id", "person_id", "post"),)
        indexes = (Index(fields=("person_id", "until")),)


class TeamMember(Model):
    """监督小组: exactly one lead per project (HB-11)."""

    id = fields.BigIntField(primary_key=True)
    project_id = fields.BigIntField()
    person_id = fields.BigIntField()
    lead = fields.BooleanField(default=False)

    class Meta:
        table = "supervision_team"
        unique_together = (("project_id", "person_id"),)
        indexes = (Index(fields=("person_id",)),)
