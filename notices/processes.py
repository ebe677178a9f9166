"""The processes of a notice's life, in the order in which they begin."""

from core.cases.declaration import Process
from notices.appeal import APPEAL
from notices.consent import SERVICE_CONSENT
from notices.extension import EXTENSION
from notices.notice import NOTICE
from notices.overdue import OVERDUE_MATTER
from notices.owing import NOTICE_OWED
from notices.pause import PAUSE
from notices.reply import NOTICE_REPLY
from notices.voiding import VOIDING

NOTICES: tuple[Process, ...] = (
    NOTICE,
    NOTICE_REPLY,
    OVERDUE_MATTER,
    EXTENSION,
    PAUSE,
    APPEAL,
    VOIDING,
    SERVICE_CONSENT,
    NOTICE_OWED,
)
