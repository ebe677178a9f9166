"""Who there is. Roles and kinds carry the glossary's identifiers."""

from enum import StrEnum

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class OrgKind(StrEnum):
    """Kinds of organisation of the glossary that have members in the service."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    STATION = "station"
    CONSTRUCTION_BUREAU = "construction_bureau"
    CLIENT = "client"
    CONTRACTOR = "contractor"
    GENERAL_CONTRACTOR = "general_contractor"
    SUBCONTRACTOR = "subcontractor"
    SUPERVISING_FIRM = "supervising_firm"
    SURVEYOR = "surveyor"
    DESIGNER = "designer"
    LAB = "lab"
    CONTRACTOR_LAB = "contractor_lab"
    CONCRETE_PRODUCER = "concrete_producer"
    BATCHING_PLANT = "batching_plant"
    CRANE_OWNER = "crane_owner"
    INSTALLER = "installer"
    ASSOCIATION = "association"


ORG_CAPTIONS = {
    OrgKind.PROVINCE: "省级管理部门",
    OrgKind.CITY: "市级管理部门",
    OrgKind.COUNTY: "区县级管理部门",
    OrgKind.STATION: "监督站",
    OrgKind.CONSTRUCTION_BUREAU: "建设局",
    OrgKind.CLIENT: "建设单位",
    OrgKind.CONTRACTOR: "施工单位",
    OrgKind.GENERAL_CONTRACTOR: "总承包单位",
    OrgKind.SUBCONTRACTOR: "分包单位",
    OrgKind.SUPERVISING_FIRM: "监理单位",
    OrgKind.SURVEYOR: "勘察单位",
    OrgKind.DESIGNER: "设计单位",
    OrgKind.LAB: "检测机构",
    OrgKind.CONTRACTOR_LAB: "施工企业实验室",
    OrgKind.CONCRETE_PRODUCER: "预拌混凝土企业",
    OrgKind.BATCHING_PLANT: "搅拌站",
    OrgKind.CRANE_OWNER: "起重设备产权单位",
    OrgKind.INSTALLER: "安拆单位",
    OrgKind.ASSOCIATION: "质监协会",
}


class Role(StrEnum):
    """What a person does in their organisation; on a project it is the post that counts."""

    PROVINCE = "province"
    CHIEF = "chief"
    LEADER_IN_CHARGE = "leader_in_charge"
    SECTION_CHIEF = "section_chief"
    SUPERVISOR = "supervisor"
    ACCOUNT_ADMIN = "account_admin"
    BUREAU = "bureau"
    PARTICIPANT = "participant"


ROLE_CAPTIONS = {
    Role.PROVINCE: "省级管理人员",
    Role.CHIEF: "站长",
    Role.LEADER_IN_CHARGE: "分管领导",
    Role.SECTION_CHIEF: "科长",
    Role.SUPERVISOR: "监督员",
    Role.ACCOUNT_ADMIN: "管理员",
    Role.BUREAU: "建设局工作人员",
    Role.PARTICIPANT: "参建人员",
}
STATION_ROLES = frozenset({Role.CHIEF, Role.LEADER_IN_CHARGE, Role.SECTION_CHIEF, Role.SUPERVISOR})
REVIEWER_ROLES = (Role.CHIEF, Role.LEADER_IN_CHARGE)


class Organisation(Model):
    """``parent`` is the station or authority above, ``code`` abbreviates a station in numbers."""

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(100, unique=True)
    short_name = fields.CharField(40)
    kind = fields.CharEnumField(OrgKind, max_length=24)
    parent_id = fields.BigIntField(null=True)
    level = fields.CharField(10, default="")  # province, city or county, for stations
    code = fields.CharField(20, default="")
    uscc = fields.CharField(18, default="")

    class Meta:
        table = "organisation"
        indexes = (Index(fields=("parent_id",)), Index(fields=("kind",)))


class Person(Model):
    """``userid`` is the WeCom id in lower case, empty until the person joined with a verified mobile (HN-04)."""

    id = fields.BigIntField(primary_key=True)
    userid = fields.CharField(64, null=True, unique=True)
    name = fields.CharField(40)
    mobile = fields.CharField(20, null=True, unique=True)
    org_id = fields.BigIntField()
    role = fields.CharEnumField(Role, max_length=20)
    title = fields.CharField(40, default="")
    active = fields.BooleanField(default=True)
    admitted_at = fields.DatetimeField(null=True)
    left_at = fields.DatetimeField(null=True)
    seen_at = fields.DatetimeField(null=True)

    class Meta:
        table = "person"
        indexes = (Index(fields=("org_id", "role")),)
