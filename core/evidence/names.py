import re
import unicodedata

from core.evidence.sniff import HABITS, Kind

NAME_LENGTH = 100


def one_line(text: str) -> str:
    """Without control, direction and line characters, which would make a text look like another one."""
    plain = "".join(c for c in unicodedata.normalize("NFC", text) if c.isprintable() or c.isspace())
    return " ".join(plain.split())


def cleaned(name: str, kind: Kind, extension: str) -> str:
    """What the sender called it, without folders and special characters, and with its true ending."""
    last = re.split(r"[/\\]", name)[-1]
    stem = last.rpartition(".")[0] or last
    plain = re.sub(r'[<>:"|?*;%]', "", one_line(stem)).strip(" .")[:NAME_LENGTH].strip(" .")
    return f"{plain or HABITS[kind].thing}.{extension}"
