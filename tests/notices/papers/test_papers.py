"""What a station chief holds in hand, paper by paper."""

import asyncio
import hashlib
import io
import re

import pytest
from PIL import Image
from pypdf import PdfReader

from notices.papers.paper import APPEAL, PenaltyProposal, RectificationNotice, StopWorkNotice
from notices.papers.rendering import Press
from tests.notices.papers import material
from tests.notices.papers.material import NOTICE, PAPERS, PHOTOS, codes, page_words, words

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_rectification_notice_says_everything_in_its_order(press: Press) -> None:
    paper = await press.render(PAPERS["rectification_notice"], PHOTOS)
    assert [page.partition("整改通知书汐港质安改〔2026〕0012号扫码")[0] for page in page_words(paper.pdf)] == [
        "汐港市建设工程质量安全监督站整改通知书汐港质安改〔2026〕0012号"
        "汐港市临港建工集团有限公司、岚海省砺尺工程监理有限公司："
        "我站监督人员林晓舟、何立诚于2026年11月20日对汐港市听潮小学新建工程（监督注册号：XG2026-0117）进行了安全检查"
        "（检查记录：汐港质安检〔2026〕0031号；抽查部位：3号楼5层），发现存在以下问题。现责令你单位限期整改。"
        "一、存在的问题"
        "1.〔重大〕临边防护缺失，作业面临空一侧未设置防护栏杆。"
        "（《建筑施工高处作业安全技术规范》（JGJ80-2016）第4.1.1条）情况说明：长约12米。照片1-1、1-2，见附件。"
        "2.〔较大〕违反规定：未按照施工组织设计中的安全技术措施施工。（《建设工程安全生产管理条例》第二十六条）"
        "3.〔一般〕三层配电箱未上锁。照片3-1，见附件。"
        "二、整改要求请立即组织整改。"
        "三、整改期限与回复请于2026年11月30日24时前完成整改，并在企业微信中逐条回复，附整改说明和整改后照片。"
        "回复人：陈广泽（施工单位项目经理）。期限说明：自送达次日起7个工作日。"
        "四、逾期未完成的后果（1）逾期1日，抄报站长；（2）系统拟制处罚建议书。",
        f"五、陈述、申辩与救济途径{APPEAL}"
        "监督人员：林晓舟（执法证号：XG-0031）监督人员：何立诚签发人：罗敬川"
        "汐港市建设工程质量安全监督站（盖章）2026年11月21日抄送：汐港市住房和城乡建设局。",
        "附件：问题照片（共3张）照片编号“3-2”指问题3的第2张照片。"
        "照片1-1临边防护缺失，作业面临空一侧未设置…照片1-2临边防护缺失，作业面临空一侧未设置…"
        "照片3-1三层配电箱未上锁。",
    ]


@pytest.mark.parametrize("kind", PAPERS)
async def test_every_page_has_number_code_and_embedded_letters(kind: str, press: Press) -> None:
    paper = await press.render(PAPERS[kind], PHOTOS, material.seal())
    reader = PdfReader(io.BytesIO(paper.pdf))
    count = len(reader.pages)
    title = PAPERS[kind].title
    assert [codes(page) for page in paper.pages] == [[material.VERIFY]] * count
    assert [page.rpartition(title)[2] for page in page_words(paper.pdf)] == [
        f"汐港质安改〔2026〕0012号扫码核对本页是否为现行有效文书{material.VERIFY}第{n}页共{count}页"
        for n in range(1, count + 1)
    ]
    assert fonts(reader) == {("NotoSansSC-Regular", True), ("NotoSansSC-Bold", True)}
    assert {Image.open(io.BytesIO(page)).size for page in paper.pages} == {(909, 1286)}
    assert paper.sha256 == hashlib.sha256(paper.pdf).hexdigest()


def fonts(reader: PdfReader) -> set[tuple[str, bool]]:
    """Name without its subset's prefix, and whether the letters lie in the file."""
    found = set()
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            found.add((inner["/BaseFont"].partition("+")[2], "/FontFile2" in inner["/FontDescriptor"]))
    return found


async def test_the_file_is_fit_for_an_archive_and_does_nothing_by_itself(press: Press) -> None:
    paper = await press.render(PAPERS["rectification_notice"], PHOTOS)
    reader = PdfReader(io.BytesIO(paper.pdf))
    about = reader.metadata
    assert about is not None
    assert (about.title, about.author) == ("整改通知书 汐港质安改〔2026〕0012号", "汐港市建设工程质量安全监督站")
    assert about.creation_date == material.at(21)
    described = reader.trailer["/Root"]["/Metadata"].get_data().decode()  # type: ignore[index]
    assert re.findall(r"<pdfaid:(part|conformance)>(\w)<", described) == [("part", "2"), ("conformance", "U")]
    assert [word for word in (b"/URI", b"/JavaScript", b"/Launch", b"/EmbeddedFile") if word in paper.pdf] == []
    assert reader.get_fields() is None


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("stop_work_notice", "现责令你单位自收到本通知书之时起全面停止施工。"),
        ("partial_stop_notice", "现责令你单位自2026年11月21日18时起停止下列部位的施工。"),
        ("stop_work_notice", "整改完成并经我站复查同意、收到复工通知书后，方可恢复施工。"),
        ("resume_work_notice", "本通知书只解除2026年11月10日的《停工通知书》（汐港质安停〔2026〕0003号），其他文书"),
        ("equipment_restriction_notice", "序号设备名称编号安装位置限制内容1塔式起重机T-01923号楼北侧停止使用。"),
        ("bad_conduct_record", "汐港市临港建工集团有限公司（施工单位）统一社会信用代码91460000MA0000000X有关责任人"),
        ("bad_conduct_record", "二、不良行为逾期未整改，亦未回复。我站2026年11月21日的《整改通知书》"),
        ("penalty_proposal", "四、处罚建议建议依法立案调查。五、所附材料（1）送达回证"),
        ("penalty_proposal", "2026年11月21日14:05签发并送达整改通知书2026年11月30日23:59期限届满，未收到回复"),
        ("generic_notice", "发现存在以下问题，现将有关事项通知如下。"),
        ("service_record", "白一帆总监理工程师—2026-11-2114:05:00————2消息编号：无未送达原因：不在应用可见范围内"),
        ("service_record", f"文书摘要值（SHA-256）{'0a' * 32}"),
    ],
)  # fmt: skip
async def test_a_paper_says_what_its_kind_needs(kind: str, sentence: str, press: Press) -> None:
    said = words((await press.render(PAPERS[kind], PHOTOS)).pdf)
    assert said.count(sentence) == 1


async def test_one_page_serves_nine_people(press: Press) -> None:
    nobody = PAPERS["service_record"].model_copy(update={"served": material.SERVED * 3})
    assert len((await press.render(nobody)).pages) == 1


async def test_a_paper_without_number_is_a_draft_and_says_so_on_every_page(press: Press) -> None:
    draft = RectificationNotice(**NOTICE | {"doc_no": "", "issued_at": None, "verify_url": ""})
    paper = await press.render(draft, PHOTOS, material.seal())
    pages = page_words(paper.pdf)
    assert [page.count("草稿，尚未签发，不具有效力") for page in pages] == [1] * len(pages)
    assert [codes(page) for page in paper.pages] == [[]] * len(pages)
    assert pages[0].count("（文号在签发时给出）") == 1
    assert pages[1].count("汐港市建设工程质量安全监督站（盖章）年月日") == 1


async def test_what_is_empty_is_left_out(press: Press) -> None:
    bare = StopWorkNotice(**material.PAPER, appeal="")
    said = words((await press.render(bare)).pdf)
    assert said.startswith(
        "汐港市建设工程质量安全监督站停工通知书汐港质安改〔2026〕0012号"
        "汐港市临港建工集团有限公司、岚海省砺尺工程监理有限公司："
        "经查，汐港市听潮小学新建工程（监督注册号：XG2026-0117）发现存在以下问题"
    )
    assert [heading for heading in ("存在的问题", "后果", "陈述", "抄送", "附件") if heading in said] == []


@pytest.mark.parametrize("lines", range(8, 18, 2))
async def test_a_signature_never_stands_alone(lines: int, press: Press) -> None:
    wordy = PAPERS["generic_notice"].model_copy(update={"facts": (), "notice_text": "请立即整改。\n" * lines})
    pages = page_words((await press.render(wordy)).pdf)
    signed = next(page for page in pages if "签发人" in page)
    assert "点“我有异议”提出。" in signed


async def test_the_seal_lies_over_the_station_and_lets_it_be_read(press: Press) -> None:
    scanned = await press.render(PAPERS["rectification_notice"], PHOTOS, material.seal())
    cut_out = await press.render(PAPERS["rectification_notice"], PHOTOS, material.seal((0, 0, 0, 0)))
    assert red(scanned.pages[1]) > 3_000
    assert abs(red(scanned.pages[1]) - red(cut_out.pages[1])) < 300
    assert words(scanned.pdf).count("签发人：罗敬川汐港市建设工程质量安全监督站2026年11月21日") == 1


def red(page: bytes) -> int:
    pixels = Image.open(io.BytesIO(page)).convert("RGB")
    return sum(r > 180 and g < 90 and b < 90 for r, g, b in zip(*[iter(pixels.tobytes())] * 3, strict=True))


async def test_the_same_paper_is_the_same_document_in_every_process(press: Press) -> None:
    paper = PAPERS["penalty_proposal"]
    assert isinstance(paper, PenaltyProposal)
    again = PenaltyProposal.model_validate_json(paper.model_dump_json())
    async with Press() as another:
        first, second = await asyncio.gather(press.render(paper, PHOTOS), another.render(again, PHOTOS))
    assert first == second
