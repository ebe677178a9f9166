"""What the service counts, for Prometheus. Counters are of this process; what the database knows is asked at the scrape
(``core.health``), so every replica tells the same about queues and deadlines."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

REGISTRY: Final = CollectorRegistry()
ProcessCollector(namespace="zhian", registry=REGISTRY)  # memory, open files, processor time

_FIVE_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 3.5, 5.0)


def _counter(name: str, sentence: str, *labels: str) -> Counter:
    return Counter(name, sentence, labels, registry=REGISTRY)


def _gauge(name: str, sentence: str, *labels: str) -> Gauge:
    return Gauge(name, sentence, labels, registry=REGISTRY)


callback_seconds = Histogram(
    "zhian_callback_seconds",
    "Time until WeCom's callback was answered; WeCom waits five seconds.",
    ["status"],
    buckets=_FIVE_SECONDS,
    registry=REGISTRY,
)
callbacks_repeated = _counter("zhian_callbacks_repeated", "Callbacks that WeCom delivered again and that did nothing.")
wecom_seconds = Histogram(
    "zhian_wecom_seconds", "Time that a call to WeCom took.", ["api"], buckets=(*_FIVE_SECONDS, 10.0), registry=REGISTRY
)
wecom_errors = _counter(
    "zhian_wecom_errors", "Calls to WeCom that failed, by WeCom's code (-1000: no answer).", "api", "code"
)
wecom_held = _counter(
    "zhian_wecom_held", "Calls that were held back for the frequency limit, or refused in a block.", "api"
)
delivered = _counter("zhian_messages", "Messages that came to an end, by how.", "state")
papers_failed = _counter("zhian_papers_failures", "Attempts to make a paper that came to nothing.")
removed = _counter("zhian_removed_rows", "Rows that were old and over and have been removed.", "table")
job_done = _gauge("zhian_job_done_timestamp_seconds", "When a scheduled job last ended well in this process.", "job")

outbox_rows = _gauge("zhian_outbox_rows", "Messages by state: waiting, sending, failed, uncertain.", "state")
outbox_age = _gauge("zhian_outbox_age_seconds", "How long the oldest message that may leave has been waiting.")
outbox_paused = _gauge(
    "zhian_outbox_paused_seconds", "For how long WeCom's block (45009) still holds all messages back."
)
outbox_held = _gauge("zhian_outbox_members_at_limit", "Members whose messages wait for WeCom's limit per member.")
inbox_rows = _gauge("zhian_inbox_waiting", "Callbacks that were stored and still need work.")
inbox_age = _gauge("zhian_inbox_age_seconds", "How long the oldest of them has been waiting.")
sweeper_lag = _gauge("zhian_sweeper_lag_seconds", "How long the most overdue deadline step has been waiting.")
forgotten = _gauge("zhian_deadlines_forgotten", "Deadlines that ran out more than five minutes ago without a step.")
next_step = _gauge("zhian_next_step_timestamp_seconds", "When the next reminder or deadline comes; 0: none is running.")
papers = _gauge("zhian_papers", "Papers that are not made, by state: wanted, failed (a person has to look).", "state")
papers_age = _gauge("zhian_papers_age_seconds", "How long ago the oldest paper that is still wanted was promised.")
