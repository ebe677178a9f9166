"""Runs jobs that do nothing as fast as procrastinate can, 16 at a time."""

import argparse
import asyncio
import json
import logging
import time

import procrastinate


async def main(url: str, jobs: int) -> None:
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url, min_size=4, max_size=20))
    async with app.open_async():
        if not await app.check_connection_async():
            await app.schema_manager.apply_schema_async()
        await rate(app, min(jobs, 200))
        print(json.dumps({"rate": await rate(app, jobs)}))


async def rate(app: procrastinate.App, jobs: int) -> float:
    async def nothing(to: str, body: str) -> None:
        return

    deliver = app.task(name=f"deliver{time.monotonic_ns()}")(nothing)
    body = "x" * 900
    rows: list[procrastinate.types.JSONDict] = [{"to": f"m{n}", "body": body} for n in range(jobs)]
    await deliver.batch_defer_async(*rows)
    began = time.perf_counter()
    await app.run_worker_async(wait=False, concurrency=16, install_signal_handlers=False)
    return jobs / (time.perf_counter() - began)


if __name__ == "__main__":
    logging.disable(logging.INFO)
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("jobs", type=int)
    asked = parser.parse_args()
    asyncio.run(main(asked.url, asked.jobs))
