"""A redelivery has the key of the first delivery; two things a member did have two keys."""

import pytest

from tests.wecom.story import NOW, click, event, message, received
from wecom import callback


def repeat_key(document: str) -> str:
    return received(document).repeat_key


SCAN = "<EventKey>S</EventKey><ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult>{}</ScanResult></ScanCodeInfo>"
PLACE = "<EventKey>L</EventKey><SendLocationInfo><Location_X>{}</Location_X></SendLocationInfo>"
CONTACT = "<ChangeType>update_user</ChangeType><UserID>{}</UserID>"
APPROVAL = "<ApprovalInfo><ThirdNo>A</ThirdNo><OpenSpStatus>{}</OpenSpStatus></ApprovalInfo>"
JOB = "<BatchJob><JobId>{}</JobId></BatchJob>"
DIFFERENT = [
    (message("text", "<Content>是</Content>", msg_id="1"), message("text", "<Content>是</Content>", msg_id="2")),
    (click(response_code="rc-1"), click(response_code="rc-2")),
    (click(response_code="rc-1", seconds="1700000000"), click(response_code="rc-1", seconds="1700000001")),
    *(
        (event(name, inner.format("1")), event(name, inner.format("2")))
        for name, inner in [
            ("click", "<EventKey>K{}</EventKey>"),
            ("scancode_waitmsg", SCAN),
            ("location_select", PLACE),
            ("change_contact", CONTACT),
            ("open_approval_change", APPROVAL),
            ("batch_job_result", JOB),
            ("some_future_event", "<Whatever>{}</Whatever>"),
        ]
    ),
    (event("click", "<EventKey>K</EventKey>", sender="lin"), event("click", "<EventKey>K</EventKey>", sender="wu")),
    (event("subscribe"), event("unsubscribe")),
    (message("text", "<Content>a</Content>", msg_id=""), message("text", "<Content>b</Content>", msg_id="")),
    (message("text", "<Content>a</Content>", msg_id="0"), message("text", "<Content>b</Content>", msg_id="0")),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_deeds_in_the_same_second_have_two_keys(one: str, other: str) -> None:
    assert repeat_key(one) != repeat_key(other)


@pytest.mark.parametrize("document", [pair[0] for pair in DIFFERENT])
def test_a_redelivery_has_the_same_key(document: str) -> None:
    spaced = document.replace("><", ">\n  <")
    assert {repeat_key(document), repeat_key(document)} == {repeat_key(spaced)}


def test_a_message_is_known_by_its_id_whatever_else_is_said() -> None:
    first = message("text", "<Content>a</Content>", msg_id="9", seconds="1700000000")
    again = message("text", "<Content>a</Content>", msg_id="9", seconds="1700000005")
    assert repeat_key(first) == repeat_key(again)


def test_a_key_is_short_enough_for_a_column_of_64_characters() -> None:
    told = callback.parse(event("view", f"<EventKey>https://h5.example/{'x' * 5000}</EventKey>").encode(), NOW)
    assert len(told.repeat_key) == 42
