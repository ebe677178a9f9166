"""Makes a bare machine ready: `setup.py run` for the service, `setup.py test` for its tests as well, and
`setup.py bench` for what it is measured beside.

It runs before anything is installed, so it uses the standard library alone, and parses on an old Python so that it can
say that the Python is old. What is done is remembered by stamps; a second run only compares them.
"""

from __future__ import annotations  # an old Python must get as far as the sentence about its age

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20
LOCKS = {"run": "requirements.lock", "test": "requirements-dev.lock", "bench": "requirements-bench.lock"}
LINES_SHOWN = 40


class Stop(Exception):
    """The sentence that a person reads instead of a ready machine."""


def main(purpose: str) -> None:
    began = time.monotonic()
    _check_python()
    _wait_for_another_setup()
    done = [
        install_python_packages(purpose),
        install_npm_packages("Installing the styles and fonts of the pages", ROOT),
    ]
    if purpose == "test":
        done.append(install_debian_packages("chromium", "postgresql"))
    if purpose == "bench":
        done.append(install_npm_packages("Installing the peers to measure beside", ROOT / "benchmarks"))
        done.append(install_debian_packages("postgresql"))
    if any(done):
        _say(f"Ready in {time.monotonic() - began:.0f} s.\n")


def install_python_packages(purpose: str) -> bool:
    enough = ["run", "test"] if purpose == "run" else [purpose]  # what the tests need includes what the service needs
    if PYTHON.exists() and any(_is_stamped(_stamp(name), _python_facts(name)) for name in enough):
        return False
    _make_venv()
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    _step("Installing the Python packages", [*pip, "--require-hashes", "-r", LOCKS[purpose]])
    _step("Installing zhian itself", [*pip, "--no-deps", "--no-build-isolation", "--editable", "."])
    _stamp(purpose).write_text(_python_facts(purpose))
    return True


def install_npm_packages(sentence: str, folder: Path) -> bool:
    stamp = folder / "node_modules" / ".stamp"
    wanted = _digest((folder / "package-lock.json").read_bytes())
    if _is_stamped(stamp, wanted):
        return False
    _check_node()
    _step(sentence, ["npm", "ci", "--ignore-scripts", "--prefix", folder])
    stamp.write_text(wanted)
    return True


def install_debian_packages(*wanted: str) -> bool:
    found = {"chromium": _has_chromium(), "postgresql": _has_postgres()}
    missing = [package for package in wanted if not found[package]]
    if not missing:
        return False
    names = " ".join(missing)
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Stop(
            f"This needs {' and '.join(missing)}, not found here. Install with your system's package manager (on "
            f"Debian: sudo apt-get install {names}), then run the command again."
        )
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    _step("Reading Debian's list of packages", ["apt-get", "update"], quiet)
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    _step(f"Installing {' and '.join(missing)}", install, quiet)
    return True


def _check_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        raise Stop(
            f"Python 3.11 or newer is needed, and {sys.executable} is {sys.version.split()[0]}. Name a newer one, for "
            "example: make run PYTHON=python3.12"
        )
    if importlib.util.find_spec("ensurepip") is None:
        raise Stop("Python's venv module is incomplete here. On Debian: sudo apt-get install python3-venv")


def _wait_for_another_setup() -> None:
    """Two commands typed at once share .venv; the lock ends with this process."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        _say("Another set-up is at work in this folder; waiting for it.\n")
        fcntl.flock(folder, fcntl.LOCK_EX)


def _make_venv() -> None:
    """Programs in a virtual environment hold its path, so a moved or foreign one is made anew."""
    home = VENV / "pyvenv.cfg"
    ours = home.exists() and f"-m venv {VENV}\n" in home.read_text().replace("--clear ", "") and PYTHON.exists()
    if not ours:
        _step("Making a virtual environment in .venv", [sys.executable, "-m", "venv", "--clear", VENV])


def _check_node() -> None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        raise Stop("Node.js with npm is missing. Install Node.js 20 or newer, then run the command again.")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.lstrip("v").split(".")[0]) < OLDEST_NODE:
        raise Stop(f"Node.js {OLDEST_NODE} or newer is needed, and {node} is {version}. Install a newer one.")


def _has_chromium() -> bool:
    return shutil.which("chromium") is not None


def _has_postgres() -> bool:
    if os.environ.get("ZHIAN_TEST_POSTGRES_URL") or os.environ.get("ZHIAN_TEST_DATABASES") == "sqlite":
        return True
    return shutil.which("initdb") is not None or any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


def _stamp(purpose: str) -> Path:
    return VENV / f".stamp-{purpose}"


def _is_stamped(stamp: Path, facts: str) -> bool:
    return stamp.exists() and stamp.read_text() == facts


def _python_facts(purpose: str) -> str:
    """Changes with whatever pip would do differently: the lock, the project's table and rooms, Python, the path."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    facts = {
        "lock": (ROOT / LOCKS[purpose]).read_text(encoding="utf-8"),
        "project": {part: project[part] for part in ("build-system", "project")},
        "rooms": sorted(room.parent.name for room in ROOT.glob("*/__init__.py")),
        "python": (VENV / "pyvenv.cfg").read_text(encoding="utf-8"),
        "path": str(ROOT),
    }
    return _digest(json.dumps(facts, sort_keys=True).encode())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _step(sentence: str, command: Sequence[object], environment: dict[str, str] | None = None) -> None:
    """One line for a person, with the seconds so far; the command's own words are shown only when it fails."""
    began = time.monotonic()
    _say(f"{sentence} … ")
    with tempfile.TemporaryFile("w+", errors="replace") as words:
        running = subprocess.Popen(
            [str(part) for part in command],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
        )
        while _still_running(running):
            if sys.stdout.isatty():
                _say(f"\r{sentence} … {time.monotonic() - began:.0f} s")
        _say(f"\r{sentence} … " if sys.stdout.isatty() else "")
        if running.returncode:
            words.seek(0)
            _say("failed:\n\n" + "".join(words.readlines()[-LINES_SHOWN:]) + "\n")
            raise Stop(f"{sentence} failed; the lines above say why. Mend that and run the same command again.")
    _say(f"{time.monotonic() - began:.0f} s\n")


def _still_running(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(timeout=1)
    except subprocess.TimeoutExpired:
        return True
    return False


def _say(words: str) -> None:
    sys.stdout.write(words)
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except Stop as sentence:
        sys.exit(f"\n{sentence}")
    except KeyboardInterrupt:
        sys.exit("\nStopped. Run the same command again to go on.")
