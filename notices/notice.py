"""The notice (P03, HN-27 … HN-43): issued on a passed check, answered by each replier for himself."""

from datetime import date
from typing import Annotated

from core.forms import Form, Offered, People, Text
from core.forms import Project as ProjectField
from notices.fields import KindField, Term


class NoticeForm(Form):
    """通知; the fields and their order are those of the source's form."""

    kind: Annotated[str, KindField()]
    project: Annotated[int, ProjectField()]
    addressee_units: Annotated[list[str], Offered("通知对象单位", "org", several=True)]
    cited_check: Annotated[str, Offered("问题详情", "case", hint="这个工程审核通过的检查记录")]
    lifts: Annotated[str | None, Offered("解除的停工通知", "case", hint="只有复工通知需要选择")] = None
    notice_text: Annotated[str | None, Text("通知详情", 2000)] = None
    deadline: Annotated[date | None, Term(hint="超期未整改将提出处罚建议或者记录不良行为")] = None
    repliers: Annotated[list[int], People("回复人", "repliers", hint="通知对象单位的人员，每人都要回复")]
    reviewers: Annotated[
        list[int], People("上报接收人", "reviewers", hint="分管领导或站长，可不选；不选则无需审核")
    ] = []
    recipients: Annotated[list[int], People("下达接收人", "recipients", hint="只能阅读，可不选")] = []
