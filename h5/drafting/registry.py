"""Which adapter serves which kind of field."""

from collections.abc import Mapping

from h5.drafting.adapter import Adapter
from h5.drafting.answers import AnswersAdapter
from h5.drafting.choosing import OfferedAdapter, PeopleAdapter
from h5.drafting.findings import Findings
from h5.drafting.material import MaterialAdapter
from h5.drafting.plain import Choice, Plain, Switch
from h5.drafting.projects import PlaceAdapter, ProjectAdapter
from h5.drafting.terms import TermAdapter

ADAPTERS: Mapping[str, Adapter] = {
    "text": Plain(),
    "number": Plain(),
    "day": Plain(),
    "choice": Choice(),
    "switch": Switch(),
    "project": ProjectAdapter(),
    "place": PlaceAdapter(),
    "people": PeopleAdapter(),
    "offered": OfferedAdapter(),
    "notice_kind": Choice(),
    "term": TermAdapter(),
    "findings": Findings(),
    "photos": MaterialAdapter("photo"),
    "voices": MaterialAdapter("voice"),
    "videos": MaterialAdapter("video"),
    "answers": AnswersAdapter(),
}
