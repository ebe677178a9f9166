"""What is said beside a step of the system, on somebody's word."""

from typing import Annotated

from core.forms import Form, Text


class Voided(Form):
    """Why a paper is void, and who said so."""

    remark = True
    by: Annotated[str, Text("决定人", 40)]
    reason: Annotated[str, Text("作废的原因", 500)]
