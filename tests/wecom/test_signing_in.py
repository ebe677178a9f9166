import pytest

from tests.wecom.story import NOW, SECONDS, VECTORS
from wecom import jssdk, oauth


@pytest.mark.parametrize("name", ["J1", "J2"])
def test_a_page_is_signed_as_the_vector_says(name: str) -> None:
    v = VECTORS[name]
    assert jssdk.signature(v["jsapi_ticket"], v["noncestr"], int(v["timestamp"]), v["url"]) == v["signature"]


def test_the_fragment_is_not_signed_and_nothing_else_is_touched() -> None:
    v = VECTORS["J2"]
    assert jssdk.page_url(v["url"] + "#top#x") == v["url"]
    assert jssdk.signature(v["jsapi_ticket"], v["noncestr"], int(v["timestamp"]), v["url"] + "#top") == v["signature"]


def test_a_signature_carries_what_the_page_hands_on() -> None:
    signed = jssdk.sign("ticket", "https://h5.example/", NOW)
    again = jssdk.signature("ticket", signed["nonceStr"], signed["timestamp"], "https://h5.example/")
    assert (signed["signature"], signed["timestamp"]) == (again, int(SECONDS))


def url(**changed: object) -> str:
    usual: dict[str, object] = {
        "api_url": "https://qyapi.weixin.qq.com/",
        "corp_id": "wwcorp",
        "agent_id": 1000002,
        "redirect_uri": "https://h5.example/login?next=/h5/c/1&a=b",
        "state": "abc123",
    }
    return oauth.authorize_url(**(usual | changed))


def test_the_members_web_view_is_sent_to_the_real_authorize_page() -> None:
    assert url() == (
        "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wwcorp"
        "&redirect_uri=https%3A%2F%2Fh5.example%2Flogin%3Fnext%3D%2Fh5%2Fc%2F1%26a%3Db"
        "&response_type=code&scope=snsapi_base&state=abc123&agentid=1000002#wechat_redirect"
    )


def test_another_platform_has_its_own_authorize_page() -> None:
    assert url(api_url="http://127.0.0.1:9000/").startswith("http://127.0.0.1:9000/connect/oauth2/authorize?appid=")


def test_asking_for_private_details_is_another_scope() -> None:
    assert "scope=snsapi_privateinfo&" in url(scope=oauth.Scope.PRIVATE)


@pytest.mark.parametrize("state", ["", "a b", "a-b", "状态", "a" * 129, "a\n"])
def test_a_state_wecom_would_not_carry_is_refused(state: str) -> None:
    with pytest.raises(ValueError, match="letters and digits"):
        url(state=state)


def test_every_new_state_is_another_that_fits() -> None:
    assert url(state=oauth.new_state()) != url(state=oauth.new_state())
