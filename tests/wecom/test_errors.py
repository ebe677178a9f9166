from datetime import UTC, datetime

import pytest

from wecom import errors
from wecom.errors import TABLE, Action

# The reference's table of codes, each under the action it prescribes.
EXPECTED = {
    Action.RETRY: {-1, 6000, 45033, 301057},
    Action.REFRESH: {40014, 42001},
    Action.WAIT: {45009},
    Action.CONFIG: {
        40001, 40013, 40091, 45031, 48001, 48002, 48004, 48005, 48006, 48009, 50003, 60020, 301002, 301007, 40056,
        43012, 40054, 40055, 94000, 94008, 50001, 80001, 85004, 85005, 85008, 40057, 85009, 85010, 85011, 301025,
        301055, 301056,
    },
    Action.DROP: {
        40003, 40031, 40066, 40068, 81013, 82004, 85002, 42016, 60140, 40006, 40009, 40011, 40007, 40123, 45001, 45007,
        830001, 830002, 830003, 46003, 40029, 42003, 50002, 60011, 60111, 46004, 301021, 60003, 60123, 81002, 81003,
        40070, 40071, 81011, 40050, 86001, 86003, 86201, 43004,
    },
    Action.BUG: {
        41001, 41002, 41004, 42009, 40008, 40032, 40033, 40035, 40058, 40063, 40039, 40094, 41011, 40074, 41009, 41016,
        41033, 44004, 45002, 45008, 45032, 81012, 82001, 82002, 82003, 42014, 42015, 42017, 42018, 42019, 40004, 40005,
        41006, 44001, 40016, 40017, 40018, 40019, 40020, 40022, 40023, 40024, 40025, 40026, 40027, 40059, 45004, 45022,
        40093, 42012, 45029, 86004, 86005, 86006, 86007, 86207, 86216, 86217, 86224, 86008, 86101, 86215,
    },
}  # fmt: skip


@pytest.mark.parametrize("action", EXPECTED)
def test_every_code_of_the_reference_has_its_action(action: Action) -> None:
    assert {code for code, (known, _) in TABLE.items() if known is action} == EXPECTED[action]


@pytest.mark.parametrize("code", TABLE)
def test_every_hint_is_a_chinese_sentence_without_the_code(code: int) -> None:
    hint = TABLE[code][1]
    assert hint.endswith("。")
    assert any("一" <= character <= "鿿" for character in hint)


def test_an_unknown_code_is_dropped_and_named() -> None:
    action, hint = errors.known(99999)
    assert (action, "99999" in hint) == (Action.DROP, True)


def test_an_untrusted_address_is_told_to_the_administrator() -> None:
    errmsg = "not allow to access from your ip, hint: [1576065934_28_hex], from ip: 203.0.113.7, more info at …"
    assert errors.from_answer(60020, errmsg).hint.endswith("本机出口地址:203.0.113.7。")


def test_an_error_says_code_action_and_remedy() -> None:
    error = errors.from_answer(45009, "api freq out of limit")
    assert str(error) == f"45009 wait: {TABLE[45009][1]}"
    assert (error.wait_seconds, error.unknown_outcome, error.detail) == (60, False, "api freq out of limit")


def test_each_further_block_is_taken_to_be_longer() -> None:
    evening = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)  # 22:00 in Shanghai
    assert [errors.block_seconds(earlier, evening) for earlier in range(4)] == [60, 3600, 7201, 7201]


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("GET /x?access_token=abc&a=1", "GET /x?access_token=***&a=1"),
        ("corpid=ww&corpsecret=s-_s", "corpid=ww&corpsecret=***"),
        ("jsapi_ticket=T&url=https://h5.example", "jsapi_ticket=***&url=https://h5.example"),
        ("?code=one#x", "?code=***#x"),
        ("errcode=42001", "errcode=42001"),
    ],
)
def test_secrets_are_scrubbed(text: str, scrubbed: str) -> None:
    assert errors.scrub(text) == scrubbed
