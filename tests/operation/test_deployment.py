"""The image and the Compose file fit the code: rooms, settings, ports, addresses, and what a process may do."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from core import fonts
from core.settings import Settings
from h5 import assets
from tests import source

ROOT = source.ROOT
DOCKERFILE = source.text(Path("Dockerfile"))
COMPOSE: dict[str, Any] = yaml.safe_load(source.text(Path("deploy/compose.yaml")))
NGINX = source.text(Path("deploy/nginx.conf"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if service["image"].startswith("zhian:")]
LAST_STAGE = DOCKERFILE.rpartition("FROM ")[2]


def settings_in(names: list[str]) -> set[str]:
    return {name.removeprefix("ZHIAN_").lower() for name in names if name.startswith("ZHIAN_")}


def test_the_image_holds_every_room_that_serves_and_no_other() -> None:
    copied = set(re.findall(r"^COPY (\w+) \1$", DOCKERFILE, flags=re.M))
    assert copied == {room for room in source.SERVICE if (ROOT / room / "__init__.py").exists()}


def test_everything_the_image_takes_is_let_through_and_there() -> None:
    allowed = set(re.findall(r"^!(\S+)$", source.text(Path(".dockerignore")), flags=re.M))
    taken = {name for line in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, flags=re.M) for name in line.split()}
    assert taken == allowed
    assert [name for name in taken if not (ROOT / name).exists()] == []


def test_the_image_holds_every_page_asset_that_is_used() -> None:
    used = {fonts.REGULAR, fonts.BOLD, *(path for path in assets.FILES.values() if "node_modules" in path.parts)}
    wanted = {path.relative_to(ROOT / "node_modules").as_posix() for path in used}
    assert wanted == set(re.findall(r"^    (\S+/\S+\.(?:css|js|ttf)) \\$", DOCKERFILE, flags=re.M))


def test_the_image_runs_without_rights() -> None:
    assert re.findall(r"^USER (\S+)$", LAST_STAGE, flags=re.M) == ["10001:10001"]
    assert "chown" not in LAST_STAGE  # the code stays root's


def test_settings_of_image_and_compose_exist() -> None:
    named = re.findall(r"(ZHIAN_[A-Z_]+)=", DOCKERFILE)
    for name in OURS:
        named += list(SERVICES[name]["environment"])
    assert settings_in(named) - set(Settings.model_fields) == set()


def test_compose_runs_two_that_answer_and_one_that_works() -> None:
    assert {name: SERVICES[name].get("command") for name in OURS} == {
        "service-1": None,
        "service-2": None,
        "worker": ["work", "--health-port", "8080"],
    }


@pytest.mark.parametrize("name", OURS)
def test_our_containers_can_write_nowhere_and_gain_no_rights(name: str) -> None:
    service = SERVICES[name]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert [volume for volume in service["volumes"] if not volume.endswith(":ro")] == []


def test_only_the_proxy_is_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if service.get("ports")] == ["proxy"]
    assert COMPOSE["networks"]["back"]["internal"] is True
    assert [SERVICES[name]["networks"] for name in ("database", "store")] == [["back"], ["back"]]


def test_every_image_is_pinned_and_no_secret_is_written_down() -> None:
    text = source.text(Path("deploy/compose.yaml"))
    assert [s["image"] for s in SERVICES.values() if ":" not in s["image"] or s["image"].endswith(":latest")] == []
    assert [
        line for line in text.splitlines() if re.search(r"(PASSWORD|SECRET_KEY|ACCESS_KEY.*): (?!\$\{)", line)
    ] == []


def test_the_proxy_knows_every_replica_that_answers() -> None:
    named = re.findall(r"server (service-\d+):(\d+)", NGINX)
    port = SERVICES["service-1"]["environment"]["ZHIAN_PORT"]
    assert named == [(name, port) for name in OURS if name.startswith("service-")]


def test_a_stop_takes_less_than_compose_waits() -> None:
    waits = {name: int(SERVICES[name]["stop_grace_period"].rstrip("s")) for name in OURS}
    assert min(waits.values()) > 10
