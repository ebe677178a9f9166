"""`python -m simulator`: a local WeCom with phones in the browser."""

import argparse
import asyncio
import errno
import signal
import sys
from pathlib import Path

from simulator.app import running
from simulator.config import Config, app_settings
from simulator.store import BadState

_WATCH_SECONDS = 2.0


def main() -> None:
    config = _config(sys.argv[1:])
    try:
        asyncio.run(_serve(config))
    except BadState as error:
        sys.exit(str(error))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        sys.exit(f"端口 {config.port} 已被占用，请先停掉占用它的程序，或用 --port 换一个")


def _config(arguments: list[str]) -> Config:
    parser = argparse.ArgumentParser(prog="python -m simulator", description="本地模拟的企业微信")
    parser.add_argument("--host", default="127.0.0.1", help="监听的地址")
    parser.add_argument("--port", type=int, default=8090, help="监听的端口")
    parser.add_argument("--state", type=Path, default=Path("var/simulator.json"), help="保存状态的文件")
    parser.add_argument("--clock-file", type=Path, default=Path("var/clock.json"), help="与服务共用的时钟文件")
    parser.add_argument("--service-url", default="http://localhost:8080", help="被测服务的地址")
    parser.add_argument("--pid-file", type=Path, default=Path("var/service.pid"), help="服务的进程号文件")
    given = vars(parser.parse_args(arguments))
    return Config(**given, **app_settings(), patient=True, watch_seconds=_WATCH_SECONDS)  # type: ignore[arg-type]


async def _serve(config: Config) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with running(config) as world:
        sys.stdout.write(f"模拟的企业微信已就绪：{world.base_url}\n")
        sys.stdout.flush()
        await stop.wait()


if __name__ == "__main__":
    main()
