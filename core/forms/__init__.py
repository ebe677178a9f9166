"""Forms: one declaration serves chat, pages, cards, Excel and API."""

from core.forms.fields import (
    Choice,
    Day,
    Field,
    Number,
    Offered,
    People,
    Photos,
    Place,
    Project,
    Switch,
    Text,
    Videos,
    Voices,
)
from core.forms.form import Form, Question, Spot, check_answer, fill, questions, show

__all__ = [
    "Choice",
    "Day",
    "Field",
    "Form",
    "Number",
    "Offered",
    "People",
    "Photos",
    "Place",
    "Project",
    "Question",
    "Spot",
    "Switch",
    "Text",
    "Videos",
    "Voices",
    "check_answer",
    "fill",
    "questions",
    "show",
]
