"""The command line: ``zhian`` or ``python -m bot``."""

import argparse
import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import uvloop
from tortoise.exceptions import DBConnectionError, OperationalError

from bot import app, logs
from bot.stopping import stop_signal
from core import clock, database
from core.cases import history
from core.errors import Misconfigured, Misdeclared
from core.evidence.store import Store
from core.papers import queue
from core.papers.models import PaperState
from core.settings import Settings, load
from notices import numbers

_DATABASE_REFUSES = (ConnectionError, asyncpg.PostgresError, DBConnectionError, OperationalError)


def main() -> None:
    arguments = _parser().parse_args()
    command: Callable[[argparse.Namespace], int] = arguments.command
    try:
        sys.exit(command(arguments))
    except (Misconfigured, Misdeclared) as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except _DATABASE_REFUSES as error:
        print(f"The database does not let us work ({error}). `zhian doctor` says what to do.", file=sys.stderr)
        sys.exit(3)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="zhian", description="质安: construction quality and safety supervision")
    commands = parser.add_subparsers(required=True, metavar="command")

    def add(name: str, command: Callable[[argparse.Namespace], int], sentence: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=sentence, description=sentence)
        added.set_defaults(command=command)
        return added

    add("demo", _demo, "the service, a simulated WeCom with phones, and invented data")
    add("serve", _serve, "answer callbacks and pages, and work in the background")
    work = add("work", _work, "work in the background only")
    work.add_argument("--health-port", type=int, metavar="PORT", help="answer /healthz, /readyz and /metrics there")
    add("migrate", _migrate, "bring the database to the shipped schema")
    holidays = add(
        "holidays", _holidays, "放假安排: show a year's holidays, or enter those of a file for all processes"
    )
    holidays.add_argument("year", type=int, nargs="?")
    holidays.add_argument("file", type=Path, nargs="?")
    holidays.add_argument("--sure", action="store_true", help="take what no such notice has said before as it stands")
    counts = add("counting", _counting, "期限的算法: show how stations count their days, or decide it for one")
    counts.add_argument("station", nargs="?")
    counts.add_argument("--first", choices=["当天", "次日"], help="the first day of a period")
    counts.add_argument("--rest", choices=["顺延", "不顺延"], help="what a last day off does")
    add("doctor", _doctor, "体检: look for what is wrong, and say what to do about it")
    numbers = add("numbers", _numbers, "文号清单: every number of a year, what is void and why, and holes")
    numbers.add_argument("year", type=int)
    verify = add("verify", _verify, "recompute the hash chains of all records")
    audit = add("audit", _audit, "look whether every promise holds over the whole database")
    audit.add_argument("--evidence", action="store_true", help="read and hash every attachment as well")
    verify.add_argument("--evidence", action="store_true", help="read and hash every attachment as well")
    papers = add("papers", _papers, "list the papers that are not made")
    papers.add_argument("--again", action="store_true", help="have those that have failed made after all")
    add("backup", _backup, "copy database and evidence into a new folder").add_argument("folder", type=Path)
    restore = add("restore", _restore, "bring a backup into an empty database and an empty store")
    restore.add_argument("folder", type=Path)
    processes = add("processes", _processes, "print every process as table and diagram")
    processes.add_argument(
        "--write", type=Path, metavar="FOLDER", help="write a page for each into this folder instead"
    )
    return parser


def _demo(_arguments: argparse.Namespace) -> int:
    from bot.demo import running

    return running.run()


def _serve(_arguments: argparse.Namespace) -> int:
    return _run(_serving)


def _work(arguments: argparse.Namespace) -> int:
    return _run(lambda settings: _working(settings, arguments.health_port))


def _migrate(_arguments: argparse.Namespace) -> int:
    return asyncio.run(_with_settings(_migrating))


def _holidays(arguments: argparse.Namespace) -> int:
    from bot import holidays

    year, file = arguments.year, arguments.file
    if file is None:
        return _on_database(lambda: holidays.show(year))
    return _on_database(lambda: holidays.enter(year, file, sure=arguments.sure))


def _counting(arguments: argparse.Namespace) -> int:
    from bot import holidays

    return _on_database(lambda: holidays.count(arguments.station, arguments.first, arguments.rest))


def _doctor(_arguments: argparse.Namespace) -> int:
    from bot import doctor

    return doctor.run()


def _verify(arguments: argparse.Namespace) -> int:
    return asyncio.run(_with_settings(lambda settings: _verifying(settings, evidence=arguments.evidence)))


def _papers(arguments: argparse.Namespace) -> int:
    return asyncio.run(_with_settings(lambda settings: _unmade(settings, again=arguments.again)))


def _backup(arguments: argparse.Namespace) -> int:
    from bot.backup import saving

    return asyncio.run(_with_settings(lambda settings: saving.save(settings, arguments.folder)))


def _restore(arguments: argparse.Namespace) -> int:
    from bot.backup import restoring

    return asyncio.run(_with_settings(lambda settings: restoring.restore(settings, arguments.folder)))


def _processes(arguments: argparse.Namespace) -> int:
    from bot import processes

    if arguments.write is None:
        print("\n".join(processes.pages().values()))
    else:
        processes.write(arguments.write)
    return 0


def _audit(arguments: argparse.Namespace) -> int:
    from bot import auditing

    return _with_database(lambda settings: auditing.run(settings, evidence=arguments.evidence))


def _on_database(work: Callable[[], Awaitable[int]]) -> int:
    return _with_database(lambda _settings: work())


def _with_database(work: Callable[[Settings], Awaitable[int]]) -> int:
    async def opened(settings: Settings) -> int:
        await database.open_database(settings.database_url)
        try:
            return await work(settings)
        finally:
            await database.close_database()

    return asyncio.run(_with_settings(opened))


def _numbers(arguments: argparse.Namespace) -> int:
    return _on_database(lambda: _numbering(arguments.year))


async def _numbering(year: int) -> int:
    """1 where a number is missing."""
    found = await numbers.of_year(year)
    print("\n".join(line for one in found for line in one.lines()) or f"{year}年还没有使用过文号。")
    return 1 if any(one.holes for one in found) else 0


def _run(work: Callable[[Settings], Awaitable[int]]) -> int:
    """On libuv's event loop: what answers callbacks all day costs a fifth less there than on asyncio's own.

    What was imported stays for good. Looking for garbage in it would stop the loop for 70 ms at a time."""
    gc.freeze()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_with_settings(work))


async def _with_settings(work: Callable[[Settings], Awaitable[int]]) -> int:
    settings = load()
    logs.configure()
    clock.use(clock.Clock(settings.clock_file))
    return await work(settings)


async def _serving(settings: Settings) -> int:
    stop = stop_signal()
    async with app.serving(settings) as (_, address):
        print(f"zhian serves at {address}", flush=True)
        await stop.wait()
    return 0


async def _working(settings: Settings, health_port: int | None) -> int:
    stop = stop_signal()
    async with app.working(settings, health_port):
        print("zhian works in the background", flush=True)
        await stop.wait()
    return 0


async def _migrating(settings: Settings) -> int:
    await database.migrate(settings.database_url)
    print("The database has the shipped schema.")
    return 0


async def _verifying(settings: Settings, *, evidence: bool) -> int:
    store = Store.open(settings.media_url) if evidence else None
    await database.open_database(settings.database_url)
    try:
        checked = broken = 0
        async for _, found in history.verify_all(store):
            checked += 1
            if found is not None:
                broken += 1
                print(f"case {found.case_id}, row {found.seq}: {found.reason}")
        print(f"{checked} records checked, {broken} broken.")
        return 1 if broken else 0
    finally:
        await database.close_database()


async def _unmade(settings: Settings, *, again: bool) -> int:
    """1 when papers have failed and are left as they are."""
    await database.open_database(settings.database_url)
    try:
        if again:
            print(f"{await queue.again()} papers that had failed will be made as soon as the service works.")
        unmade = await queue.unmade()
    finally:
        await database.close_database()
    for row in unmade:
        print(f"{row.number} {row.title}: {row.state}{row.error and f' ({row.error})'}")
    print(f"{len(unmade)} papers are not made.")
    return 1 if any(row.state == PaperState.FAILED for row in unmade) else 0


if __name__ == "__main__":
    main()
