"""Joining and leaving: a member is admitted by the verified mobile that the station registered (HN-01 … HN-04)."""

import structlog

from core import clock, database
from core.people.models import Person

log = structlog.get_logger()

REFUSED = (
    "您好！系统中还没有您的登记信息，暂时不能使用。\n"
    "· 监督人员：请联系本站管理员登记您的实名手机号；\n"
    "· 参建单位人员：请由建设单位在网上报监中登记您的实名手机号，监督站受理并分配监督员后即可使用；\n"
    "· 建设局人员：请向省级质监机构备案。\n"
    "登记后请点下方「验证手机号」，须使用本人已绑定微信的手机号。"
)
STOPPED = "您已不在本系统的使用范围内，暂时不能使用。如有疑问，请联系本站管理员。"
MISMATCH = (
    "验证未通过：企业微信中的手机号与登记的实名手机号不一致。请使用本人已绑定微信的手机号，或请登记单位更正后再试。"
)


async def admit(userid: str, mobile: str) -> Person | None:
    """Binds a member to the person registered with this mobile; None when nobody is, or somebody else holds the place.

    Who left while the account lives on is not let in again by the number, but by coming back into range; whose account
    was deleted (``forget``) proves the mobile again with a new one.
    """

    async def work() -> Person | None:
        person = await Person.get_or_none(mobile=_digits(mobile))
        if person is None or (person.userid and person.userid != userid.lower()) or not _may_come(person):
            return None
        if await Person.filter(userid=userid.lower()).exclude(id=person.id).exists():
            return None
        person.userid, person.admitted_at = userid.lower(), person.admitted_at or clock.now()
        person.active, person.left_at = True, None
        await person.save(update_fields=["userid", "admitted_at", "active", "left_at"])
        log.info("person.admitted", person=person.id)
        return person

    return await database.transaction(work)


async def leave(userid: str) -> None:
    """Access ends at once: every door asks for an active person on every request."""
    left = await Person.filter(userid=userid.lower(), active=True).update(active=False, left_at=clock.now())
    if left:
        log.info("person.left", userid=userid.lower())


async def forget(userid: str) -> None:
    """The account was deleted: WeCom may give its id to somebody else, so it stands for nobody any more."""
    await leave(userid)
    await Person.filter(userid=userid.lower(), active=False).update(userid=None)


async def has_left(userid: str) -> bool:
    return await Person.exists(userid=userid.lower(), active=False)


async def come_back(userid: str) -> None:
    """A member who is in the app's visible range again."""
    await Person.filter(userid=userid.lower(), active=False).update(active=True, left_at=None)


async def reconcile(present: set[str]) -> int:
    """Periodic full pull: whoever is not in the app's visible range any more has left. An empty pull changes nothing,
    since it means a wrong permission rather than an empty company."""
    if not present:
        log.warning("people.empty_pull")
        return 0
    here = {one.lower() for one in present}
    known = await Person.filter(active=True, userid__not_isnull=True).only("id", "userid")
    gone = [p.userid for p in known if p.userid and p.userid not in here]
    for userid in gone:
        await leave(userid)
    return len(gone)


def _may_come(person: Person) -> bool:
    return person.active or (person.userid is None and person.admitted_at is not None)


def _digits(mobile: str) -> str:
    """``+86 100 0000 0007`` and ``10000000007`` are one number."""
    digits = "".join(c for c in mobile if c.isdigit())
    return digits[-11:]
