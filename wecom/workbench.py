"""What the app's tile on the workbench shows (自定义工作台展示, path/92535)."""

from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import AfterValidator, Field

from wecom.fields import Part, Plain, Said, Url, at_most


class _Tile(Part):
    kind: ClassVar[str]

    def body(self) -> dict[str, Any]:
        return {"type": self.kind, **({self.kind: content} if (content := self.to_json()) else {})}


class KeyDataItem(Part):
    key: Plain | None = None
    data: Said
    jump_url: Url | None = None
    pagepath: Plain | None = None


class KeyData(_Tile):
    kind: ClassVar[str] = "keydata"
    items: Annotated[list[KeyDataItem], Field(min_length=1, max_length=4)]


class Picture(_Tile):
    """3.35 times as wide as high."""

    kind: ClassVar[str] = "image"
    url: Url
    jump_url: Url | None = None
    pagepath: Plain | None = None


class ListItem(Part):
    title: Annotated[Said, AfterValidator(at_most(128))]
    jump_url: Url | None = None
    pagepath: Plain | None = None


class List(_Tile):
    kind: ClassVar[str] = "list"
    items: Annotated[list[ListItem], Field(min_length=1, max_length=3)]


class WebView(_Tile):
    kind: ClassVar[str] = "webview"
    url: Url
    jump_url: Url | None = None
    pagepath: Plain | None = None
    height: Literal["single_row", "double_row"] | None = None
    hide_title: bool | None = None
    enable_webview_click: bool | None = None


class Icon(_Tile):
    """Back to the plain icon."""

    kind: ClassVar[str] = "normal"


Tile: TypeAlias = KeyData | Picture | List | WebView | Icon
