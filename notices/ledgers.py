"""The lists of the supervision app: 我发送的 and 我接收的 (HN-25, HN-26), notices (HN-40 … HN-43) and replies (HN-46,
HN-47), with the tabs that the source lacks: what I did not pass (HN-Q3) and the replies that wait for me (HN-Q12).
"""

from collections.abc import Collection
from dataclasses import dataclass

from checks.report import CHECK_REPORT
from core.cases.declaration import AUTHOR, SYSTEM, Process, Slot
from core.cases.ledgers import Own, Seats, Tab, Turns, Which, anywhere, named, not_author
from core.people.models import STATION_ROLES, Role
from notices import records

_STATION = STATION_ROLES | {Role.PROVINCE}
_PARTY = frozenset({Role.PARTICIPANT})
ENDED = ("closed", "escalated")  # a notice that was never issued has not ended, it never was one


@dataclass(frozen=True)
class Ledger:
    name: str
    caption: str
    tabs: tuple[Tab, ...]

    def tab(self, name: str) -> Tab:
        """The first one where there is none of this name."""
        return next((one for one in self.tabs if one.name == name), self.tabs[0])


def sent(process: Process) -> bool:
    """Whether a member begins such a record himself, and is not handed it by the system."""
    return process.first().by != SYSTEM and process.name != records.CONSENT


def _asked(process: Process) -> bool:
    return sent(process) and process.name not in (CHECK_REPORT.name, records.NOTICE)


def _seats(process_name: str, slots: Collection[str]) -> Which:
    return lambda process, slot: process.name == process_name and slot.name in slots


def _judges(process: Process, slot: Slot) -> bool:
    return slot.name != AUTHOR and slot.judges


def _reads(process: Process, slot: Slot) -> bool:
    return slot.name != AUTHOR and not slot.judges


_check, _notice = named(CHECK_REPORT.name), named(records.NOTICE)
_NO_REPORT = "您还没有发送过检查记录。点“监督上报”，或在聊天窗口发送“上报”，开始第一份。"

_NO_NOTICE = "您还没有下发过通知。点“新建通知”，或在聊天窗口发送“新建通知”，开始第一份。"

TODO = Tab("waiting", "待办", Turns(anywhere), "现在没有需要您办理的事项。有新的事项时，会在聊天窗口通知您。")
OVERDUE = Tab("overdue", "已超期", Turns(anywhere, over=True), "没有超期的事项。")
WAITING = Tab("waiting", "待我审核", Turns(not_author), "现在没有需要您审核的事项。")
REPORTED = Tab("mine", "我上报的", Own(_notice), _NO_NOTICE, _STATION)
REPORTED_TO_ME = Tab(
    "reviewing",
    "上报给我的",
    Seats(_seats(records.NOTICE, ("reviewers", "chief"))),
    "没有上报给您的通知。有通知需要您审核时，会在这里通知您。",
    _STATION,
)
ISSUED_TO_ME = Tab(
    "issued",
    "下达给我的",
    Seats(_seats(records.NOTICE, ("recipients",))),
    "没有只下达给您阅读的通知。需要您回复的通知另列在“需我回复的”中。",
)
OWED = Tab("owed", "需我回复的", Turns(_seats(records.REPLY, (AUTHOR,))), "现在没有需要您回复的通知。", _PARTY)
REPLIED = Tab(
    "mine",
    "我回复的",
    Seats(_seats(records.REPLY, (AUTHOR,)), acted=True),
    "您还没有回复过通知。需要您回复的通知在“需我回复的”中。",
    _PARTY,
)
REPLIES_WAITING = Tab(
    "waiting",
    "待我审核",
    Turns(_seats(records.REPLY, (records.ISSUER,))),
    "现在没有需要您审核的回复。有人回复通知时，会在聊天窗口通知您。",
    _STATION,
)
JUDGED = Tab(
    "judged",
    "我审核的",
    Seats(_seats(records.REPLY, (records.ISSUER,)), acted=True),
    "您还没有审核过回复。等您审核的回复在“待我审核”中。",
    _STATION,
)
ISSUED = Tab(
    "issued",
    "下达接收",
    Seats(_reads, acted=False, turn=False),
    "还没有下达给您的记录。有记录下达给您时，会在聊天窗口通知您。",
)

SENT = Ledger(
    "sent",
    "我发送的",
    (
        Tab("pending", "待审核", Own(_check, ("pending",)), "没有等待审核的检查记录。", _STATION),
        Tab("passed", "审核通过", Own(_check, ("passed",)), _NO_REPORT, _STATION),
        Tab("failed", "审核未通过", Own(_check, ("failed",)), "没有审核未通过的检查记录。", _STATION),
        Tab("notices", "通知", REPORTED.source, REPORTED.nothing, _STATION),
        Tab("asked", "申请及其他", Own(_asked), "您还没有提出过申请。需要延期或有异议时，打开那份通知就可以提出。"),
    ),
)
RECEIVED = Ledger(
    "received",
    "我接收的",
    (
        WAITING,
        Tab(
            "reviewed",
            "已审核",
            Seats(not_author, acted=True, danger=False, turn=False),
            "您还没有审核过记录。等您审核的记录在“待我审核”中。",
            _STATION,
        ),
        Tab(
            "refused",
            "我未通过的",
            Seats(not_author, acted=True, danger=True, turn=False),
            "没有您审核未通过的记录。",
            _STATION,
        ),
        ISSUED,
        Tab("others", "他人已审核", Seats(_judges, acted=False, turn=False), "没有由他人审核的记录。", _STATION),
    ),
)
NOTICES = Ledger("notices", "通知", (REPORTED, REPORTED_TO_ME, ISSUED_TO_ME, OWED))
REPLIES = Ledger("replies", "回复", (REPLIED, REPLIES_WAITING, JUDGED))
WAITS = Ledger("todo", "待办", (TODO, OVERDUE))
RECENT = Tab("recent", "最近发送", Own(sent), _NO_REPORT)
LEDGERS = (WAITS, SENT, RECEIVED, NOTICES, REPLIES)
