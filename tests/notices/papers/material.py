"""Papers of an invented station about an invented school, photos and a seal."""

import io
import re
from datetime import UTC, datetime
from functools import cache
from typing import Any

import zxingcpp
from PIL import Image, ImageDraw
from pypdf import PdfReader

from checks.finding import Citation, Finding
from notices.papers.paper import (
    BadConductRecord,
    CitedCheck,
    CitedNotice,
    Deadline,
    Equipment,
    EquipmentRestrictionNotice,
    Fact,
    GenericNotice,
    Happening,
    Officer,
    Paper,
    PartialStopNotice,
    PenaltyProposal,
    RectificationNotice,
    ResumeWorkNotice,
    Served,
    ServiceRecord,
    StopWorkNotice,
    Unit,
)

VERIFY = "https://zhian.station.example/verify/7f3kq9x2m4t8w6zb"
EDGE = Citation(
    id="SA-EDGE-001",
    text="临边防护缺失，作业面临空一侧未设置防护栏杆。",
    basis="《建筑施工高处作业安全技术规范》（JGJ 80-2016）",
    clause="4.1.1",
    severity="critical",
)
PLAN = Citation(
    id="VI-CON-007",
    text="未按照施工组织设计中的安全技术措施施工。",
    basis="《建设工程安全生产管理条例》",
    clause="二十六",
)


def at(day: int, hour: int = 14, minute: int = 5) -> datetime:
    """A moment of November 2026 in Beijing, as the service keeps it."""
    return datetime(2026, 11, day, hour - 8, minute, tzinfo=UTC)


FACTS = (
    Fact(number=1, finding=Finding(photos=[11, 12], terms=[EDGE], note="长约12米。", severity="critical")),
    Fact(number=2, finding=Finding(violations=[PLAN], severity="major")),
    Fact(number=3, finding=Finding(photos=[31], note="三层配电箱未上锁。")),
)
DEADLINE = Deadline(by=at(30, 23, 59), because="自送达次日起7个工作日。")
RECTIFICATION = CitedNotice(title="整改通知书", doc_no="汐港质安改〔2026〕0012号", issued_at=at(21))
STOP = CitedNotice(title="停工通知书", doc_no="汐港质安停〔2026〕0003号", issued_at=at(10))
UNIT = Unit(name="汐港市临港建工集团有限公司", kind="施工单位", uscc="91460000MA0000000X", person="项目经理 陈广泽")
HAPPENINGS = (
    Happening(at=at(21), what="签发并送达整改通知书"),
    Happening(at=at(30, 23, 59), what="期限届满，未收到回复"),
)
PAPER: dict[str, Any] = {
    "station": "汐港市建设工程质量安全监督站",
    "project_name": "汐港市听潮小学新建工程",
    "supervision_no": "XG2026-0117",
    "doc_no": "汐港质安改〔2026〕0012号",
    "issued_at": at(21),
    "verify_url": VERIFY,
    "addressee_units": ("汐港市临港建工集团有限公司", "岚海省砺尺工程监理有限公司"),
}
NOTICE: dict[str, Any] = PAPER | {
    "check": CitedCheck(doc_no="汐港质安检〔2026〕0031号", checked_at=at(20), kind="安全检查", location="3号楼 5层"),
    "facts": FACTS,
    "notice_text": "请立即组织整改。",
    "deadline": DEADLINE,
    "consequences": ("逾期1日，抄报站长；", "系统拟制处罚建议书。"),
    "repliers": ("陈广泽（施工单位项目经理）",),
    "inspectors": (Officer(name="林晓舟", certificate="XG-0031"), Officer(name="何立诚")),
    "approved_by": "罗敬川",
    "copied_to": ("汐港市住房和城乡建设局",),
}
SERVED = (
    Served(
        name="陈广泽",
        unit="汐港市临港建工集团有限公司",
        role="项目经理",
        consented_at=at(1, 9, 30),
        sent_at=at(21),
        delivered_at=at(21, 14, 6),
        opened_at=at(21, 15, 0),
        acknowledged_at=at(21, 15, 1),
        message_ids=("MSGID-7Qp2",),
    ),
    Served(name="白一帆", role="总监理工程师", sent_at=at(21), trouble="不在应用可见范围内"),
)

PAPERS: dict[str, Paper] = {
    "rectification_notice": RectificationNotice(**NOTICE),
    "stop_work_notice": StopWorkNotice(**NOTICE),
    "partial_stop_notice": PartialStopNotice(
        stopped_parts=("3号楼五层外脚手架",), stopped_from=at(21, 18, 0), **NOTICE
    ),
    "resume_work_notice": ResumeWorkNotice(lifts=STOP, **NOTICE),
    "equipment_restriction_notice": EquipmentRestrictionNotice(
        equipment=(Equipment(name="塔式起重机", number="T-0192", location="3号楼北侧", restriction="停止使用。"),),
        **NOTICE,
    ),
    "bad_conduct_record": BadConductRecord(
        unit=UNIT, conduct="逾期未整改，亦未回复。", overdue=RECTIFICATION, happenings=HAPPENINGS, **NOTICE
    ),
    "penalty_proposal": PenaltyProposal(
        unit=UNIT,
        overdue=RECTIFICATION,
        happenings=HAPPENINGS,
        proposal="建议依法立案调查。",
        enclosures=("送达回证",),
        **NOTICE,
    ),
    "generic_notice": GenericNotice(title="约谈通知书", **NOTICE),
    "service_record": ServiceRecord(notice=RECTIFICATION, document_sha256="0a" * 32, served=SERVED, **PAPER),
}


@cache
def photo(width: int = 1600, height: int = 1200, colour: str = "steelblue") -> bytes:
    image = Image.new("RGB", (width, height), colour)
    ImageDraw.Draw(image).ellipse((width // 4, height // 4, width // 2, height // 2), fill="orange")
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


PHOTOS = {11: photo(), 12: photo(1200, 1600), 31: photo(colour="seagreen")}


def seal(background: tuple[int, ...] = (255, 255, 255)) -> bytes:
    image = Image.new("RGBA" if len(background) == 4 else "RGB", (600, 600), background)
    ImageDraw.Draw(image).ellipse((20, 20, 580, 580), outline=(214, 30, 30), width=24)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def words(pdf: bytes) -> str:
    """All text in reading order, without white space: where lines break is the template's business."""
    return re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


def page_words(pdf: bytes) -> list[str]:
    return [re.sub(r"\s", "", page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


def codes(page: bytes) -> list[str]:
    """What a phone reads from the picture of a page."""
    return [
        found.text
        for found in zxingcpp.read_barcodes(Image.open(io.BytesIO(page)), formats=zxingcpp.BarcodeFormat.QRCode)
    ]
