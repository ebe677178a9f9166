"""What a paper says. Times are aware and become words of Asia/Shanghai only in print (``notices.papers.wording``).

All models are frozen and go through JSON and back unchanged, so that a record can keep what was printed.
"""

from typing import Annotated, ClassVar

from pydantic import AwareDatetime, BaseModel, ConfigDict
from pydantic import Field as Limit

from checks.finding import Finding

Line = Annotated[str, Limit(max_length=500)]
Heading = Annotated[str, Limit(max_length=120)]
Name = Annotated[str, Limit(max_length=60)]
Words = Annotated[str, Limit(max_length=10_000)]

APPEAL = (
    "你单位对本文书认定的事实或者提出的要求有异议的，可以在收到之日起向我站陈述、申辩，并提交证据，也可以在企业微信中打开本文书，"
    "点“我有异议”提出。依法可以申请行政复议或者提起行政诉讼的，按照有关法律的规定办理。"
)


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Officer(Part):
    name: Name
    certificate: Name = ""  # 执法证号


class CitedCheck(Part):
    """The one check that a notice rests on (HN-30)."""

    doc_no: Line
    checked_at: AwareDatetime
    kind: Line  # 安全检查
    location: Line = ""  # 抽查部位


class CitedNotice(Part):
    title: Line
    doc_no: Line
    issued_at: AwareDatetime


class Fact(Part):
    """A finding under the number it has in its notice: a later paper that names only some keeps their numbers."""

    number: Annotated[int, Limit(ge=1)]
    finding: Finding


class Deadline(Part):
    by: AwareDatetime
    because: Words = ""  # how the day was counted, in a sentence (BY-02)


class Equipment(Part):
    name: Line
    number: Line = ""  # 备案编号、出厂编号
    location: Line = ""
    restriction: Words


class Unit(Part):
    """The unit, or a person of it, that a record or a proposal is about."""

    name: Line
    kind: Line = ""  # 施工单位
    uscc: Line = ""
    person: Line = ""  # 项目经理 陈广泽


class Happening(Part):
    """A line of what happened so far, in order: issued, delivered, reminded, run out."""

    at: AwareDatetime
    what: Words


class Served(Part):
    """What is known of one person's service (BY-03); a time that is not known is None."""

    name: Name
    unit: Line = ""
    role: Line = ""
    consented_at: AwareDatetime | None = None
    sent_at: AwareDatetime | None = None
    delivered_at: AwareDatetime | None = None
    opened_at: AwareDatetime | None = None
    acknowledged_at: AwareDatetime | None = None
    replied_at: AwareDatetime | None = None
    message_ids: tuple[Line, ...] = ()
    trouble: Line = ""  # why it did not arrive


class Paper(Part):
    """``doc_no``, ``issued_at`` and ``verify_url`` come with the issue; a paper without number prints as a draft."""

    template: ClassVar[str]
    title: Heading
    station: Heading
    project_name: Line
    supervision_no: Line = ""
    doc_no: Line = ""
    issued_at: AwareDatetime | None = None
    verify_url: Line = ""  # {public_url}/verify/{code}, in the QR code of every page
    contact: Annotated[str, Limit(max_length=200)] = ""  # 电话、地址


class Notice(Paper):
    """What most papers have in common; a part that is empty is left out."""

    addressee_units: Annotated[tuple[Line, ...], Limit(min_length=1)]
    check: CitedCheck | None = None
    facts: tuple[Fact, ...] = ()
    notice_text: Words = ""
    deadline: Deadline | None = None
    consequences: tuple[Words, ...] = ()  # what follows when the deadline is missed, step by step (BY-06)
    repliers: tuple[Line, ...] = ()
    appeal: Words = APPEAL
    inspectors: Annotated[tuple[Officer, ...], Limit(max_length=8)] = ()
    approved_by: Name = ""  # 签发人
    copied_to: tuple[Line, ...] = ()  # 抄送


class RectificationNotice(Notice):
    template = "rectification_notice"
    title: Heading = "整改通知书"
    deadline: Deadline


class StopWorkNotice(Notice):
    template = "stop_work_notice"
    title: Heading = "停工通知书"
    stopped_from: AwareDatetime | None = None  # None: at once


class PartialStopNotice(Notice):
    template = "partial_stop_notice"
    title: Heading = "局部停工通知书"
    stopped_parts: Annotated[tuple[Words, ...], Limit(min_length=1)]
    stopped_from: AwareDatetime | None = None  # None: at once


class ResumeWorkNotice(Notice):
    template = "resume_work_notice"
    title: Heading = "复工通知书"
    lifts: CitedNotice
    resumed_parts: tuple[Words, ...] = ()  # none: everything that was stopped
    resumed_from: AwareDatetime | None = None  # None: on receipt


class EquipmentRestrictionNotice(Notice):
    template = "equipment_restriction_notice"
    title: Heading = "工程设备使用限制通知书"
    equipment: Annotated[tuple[Equipment, ...], Limit(min_length=1)]


class BadConductRecord(Notice):
    template = "bad_conduct_record"
    title: Heading = "不良行为记录"
    unit: Unit
    conduct: Words
    overdue: CitedNotice | None = None  # the notice whose deadline ran out; its deadline is `deadline`
    happenings: tuple[Happening, ...] = ()


class PenaltyProposal(Notice):
    """Addressed to the authority that may punish; ``deadline`` is the one that ran out."""

    template = "penalty_proposal"
    title: Heading = "处罚建议书"
    unit: Unit
    overdue: CitedNotice | None = None
    happenings: tuple[Happening, ...] = ()
    proposal: Words
    appeal: Words = ""
    enclosures: tuple[Line, ...] = ()  # 所附材料


class GenericNotice(Notice):
    """For a kind that a station adds; its title is the kind's name."""

    template = "generic_notice"


class ServiceRecord(Paper):
    template = "service_record"
    title: Heading = "送达回证"
    notice: CitedNotice
    document_sha256: Annotated[str, Limit(pattern=r"^[0-9a-f]{64}$")]
    addressee_units: tuple[Line, ...]
    served: tuple[Served, ...]
