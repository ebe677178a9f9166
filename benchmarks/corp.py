"""The invented corporation whose callbacks everybody is measured with."""

from benchmarks.places import Places

TOKEN = "benchmark"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
CORP_ID = "ww00000000benchmark"
AGENT_ID = 1_000_002
PATH = "/wecom/callback"
WORDS = "3号楼 5层 临边防护"


def environment(database_url: str, wecom_url: str, places: Places) -> dict[str, str]:
    """What ``zhian serve`` is set to."""
    return {
        "ZHIAN_DATABASE_URL": database_url,
        "ZHIAN_MEDIA_URL": str(places.folder / "media"),
        "ZHIAN_PUBLIC_URL": "http://localhost:8080",
        "ZHIAN_SECRET_KEY": "a key for benchmarks that protects nothing",
        "ZHIAN_WECOM_API_URL": wecom_url,
        "ZHIAN_WECOM_CORP_ID": CORP_ID,
        "ZHIAN_WECOM_AGENT_ID": str(AGENT_ID),
        "ZHIAN_WECOM_SECRET": "benchmark",
        "ZHIAN_WECOM_CALLBACK_TOKEN": TOKEN,
        "ZHIAN_WECOM_CALLBACK_AES_KEY": AES_KEY,
        "ZHIAN_HOST": "127.0.0.1",
        "ZHIAN_PORT": "0",
        "ZHIAN_QUIET_HOURS": "",
        "ZHIAN_DIGEST_AT": "",
    }
