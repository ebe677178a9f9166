"""Which adapter serves which kind of field."""

from collections.abc import Mapping

from h5.drafting.adapter import Adapter
from h5.drafting.plain import Choice, Plain, Switch

ADAPTERS: Mapping[str, Adapter] = {
    "text": Plain(),
    "number": Plain(),
    "day": Plain(),
    "choice": Choice(),
    "switch": Switch(),
}
