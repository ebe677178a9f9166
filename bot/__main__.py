"""The command line: ``zhian`` or ``python -m bot``."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable

from bot import app, logs
from core import clock, database
from core.cases import describing, history
from core.cases.models import Case
from core.errors import Misconfigured, Misdeclared
from core.settings import Settings, load


def main() -> None:
    arguments = _parser().parse_args()
    command: Callable[[argparse.Namespace], int] = arguments.command
    try:
        sys.exit(command(arguments))
    except (Misconfigured, Misdeclared) as error:
        print(error, file=sys.stderr)
        sys.exit(2)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="zhian", description="质安: construction quality and safety supervision")
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, command, sentence in (
        ("demo", _demo, "the service, a simulated WeCom with phones, and invented data"),
        ("serve", _serve, "answer callbacks and pages, and work in the background"),
        ("work", _work, "work in the background only"),
        ("migrate", _migrate, "bring the database to the shipped schema"),
        ("verify", _verify, "recompute the hash chains of all records"),
        ("processes", _processes, "print every process as table and diagram"),
    ):
        commands.add_parser(name, help=sentence, description=sentence).set_defaults(command=command)
    return parser


def _demo(_arguments: argparse.Namespace) -> int:
    from bot.demo import running

    return running.run()


def _serve(_arguments: argparse.Namespace) -> int:
    return asyncio.run(_with_settings(_serving))


def _work(_arguments: argparse.Namespace) -> int:
    return asyncio.run(_with_settings(_working))


def _migrate(_arguments: argparse.Namespace) -> int:
    return asyncio.run(_with_settings(_migrating))


def _verify(_arguments: argparse.Namespace) -> int:
    return asyncio.run(_with_settings(_verifying))


def _processes(_arguments: argparse.Namespace) -> int:
    from bot.processes import PROCESSES

    print("\n".join(describing.describe(process) for process in PROCESSES))
    return 0


async def _with_settings(work: Callable[[Settings], Awaitable[int]]) -> int:
    settings = load()
    logs.configure()
    clock.use(clock.Clock(settings.clock_file))
    return await work(settings)


async def _serving(settings: Settings) -> int:
    stop = _stop_signal()
    async with app.serving(settings) as (_, address):
        print(f"zhian serves at {address}", flush=True)
        await stop.wait()
    return 0


async def _working(settings: Settings) -> int:
    stop = _stop_signal()
    async with app.house(settings) as parts, app.workers(parts):
        print("zhian works in the background", flush=True)
        await stop.wait()
    return 0


async def _migrating(settings: Settings) -> int:
    await database.migrate(settings.database_url)
    print("The database has the shipped schema.")
    return 0


async def _verifying(settings: Settings) -> int:
    await database.open_database(settings.database_url)
    try:
        checked, broken = 0, []
        async for case in Case.all().order_by("id"):
            checked += 1
            found = await history.verify(case)
            broken += [found] if found else []
        for one in broken:
            print(f"case {one.case_id}, row {one.seq}: {one.reason}")
        print(f"{checked} records checked, {len(broken)} broken.")
        return 1 if broken else 0
    finally:
        await database.close_database()


def _stop_signal() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


if __name__ == "__main__":
    main()
