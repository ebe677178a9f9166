"""Every process of the service. Adding one means adding a line here."""

from checks.report import CHECK_REPORT
from core.cases.declaration import Process

PROCESSES: tuple[Process, ...] = (CHECK_REPORT,)
