"""The whole simulated WeCom: the corp, its API, the callbacks, and everything a member can do with his phone."""

import hashlib
from typing import Any

from simulator import media, members, menu, recordings
from simulator.api import Api
from simulator.api import build as build_api
from simulator.callbacks import Callback, Courier
from simulator.config import Config
from simulator.corp import Corp
from simulator.members import Refused
from simulator.state import LEFT, Json, Media, Message, Person

_SCALE = 15
_PHOTO = "image/jpeg"


class World(Corp):
    """Drive it from a running event loop. A member's action returns at once and its callback follows; wait for
    `settled()`. Unknown persons raise `corp.Unknown`, impossible actions `members.Refused`."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.courier = Courier(self)
        self.api: Api = build_api(self)

    async def settled(self) -> None:
        await self.courier.settled()

    # messages

    def type_text(self, userid: str, content: str) -> Message:
        return self._write(userid, "text", content[:40], {"content": content}, {"Content": content})

    def send_image(self, userid: str, content: bytes, filename: str = "photo.jpg") -> Message:
        kept = media.keep(self, "image", content, filename, media.sniff(content) or _PHOTO)
        fields = {"PicUrl": self.link(media.address(kept)), "MediaId": kept.media_id}
        return self._write(userid, "image", "图片", media.shown(kept), fields)

    def send_voice(self, userid: str, amr: bytes) -> Message:
        kept = media.keep(self, "voice", amr, "voice.amr", "audio/amr")
        return self._write(userid, "voice", "语音", media.shown(kept), {"MediaId": kept.media_id, "Format": "amr"})

    def send_video(self, userid: str, mp4: bytes) -> Message:
        kept = media.keep(self, "video", mp4, "video.mp4", "video/mp4")
        body, thumb = media.shown(kept), self._thumb(mp4)
        if thumb:
            kept.thumb_media_id = thumb.media_id
            body["thumb_url"] = media.address(thumb)
        return self._write(
            userid, "video", "视频", body, {"MediaId": kept.media_id, "ThumbMediaId": kept.thumb_media_id or ""}
        )

    def send_location(self, userid: str, lat: float, lon: float, label: str, scale: int = _SCALE) -> Message:
        fields = {"Location_X": lat, "Location_Y": lon, "Scale": scale, "Label": label}
        body = {"lat": lat, "lon": lon, "label": label, "scale": scale}
        return self._write(userid, "location", f"位置 {label}", body, fields)

    def send_link(self, userid: str, title: str, url: str, description: str = "", picurl: str = "") -> Message:
        fields = {"Title": title, "Description": description, "Url": url, "PicUrl": picurl}
        body = {"title": title, "description": description, "url": url, "picurl": picurl}
        return self._write(userid, "link", f"链接 {title}", body, fields)

    # the app and its menu

    def enter(self, userid: str) -> None:
        """Opens the app's chat: it counts as read, and the service is told if it wants to be."""
        person = self._reachable(userid)
        self.state.read_at[person.userid] = self.clock.now()
        self.persons_changed()
        if self.state.app.isreportenter:
            self._post(members.event(self, person, "enter_agent", "进入应用"))

    def press_menu(self, userid: str, key: str, **given: Any) -> Json:
        """Presses the menu's button; what it needs (`pictures`, `lat` …, `result`) is asked for by `needs`."""
        person, button = self._reachable(userid), menu.find(self.state.app.menu, key)
        if button is None:
            raise Refused("菜单里没有这个按钮")
        kind = button["type"]
        if kind in ("view", "view_miniprogram"):
            target = button["url" if kind == "view" else "pagepath"]
            self._event(person, kind, f"打开 {button['name']}", {"EventKey": target})
            return {"open": target}
        if kind in menu.PICTURES:
            return self._pictures_from_menu(person, kind, key, given.get("pictures"))
        if kind == "location_select":
            return self._place_from_menu(person, key, given)
        if kind in menu.SCANS:
            return self._scan_from_menu(person, kind, key, given)
        self._event(person, "click", f"点击菜单 {button['name']}", {"EventKey": key})
        return {"done": True}

    # cards

    def click_card(self, userid: str, message_id: str, key: str, selected: dict[str, list[str]] | None = None) -> None:
        person = self._reachable(userid)
        clicked = self.message(person.userid, message_id)
        self._post(members.card_click(self, person, clicked, key, selected or {}))

    def click_card_menu(self, userid: str, message_id: str, key: str) -> None:
        person = self._reachable(userid)
        self._post(members.card_menu(self, person, self.message(person.userid, message_id), key))

    # who belongs to the app

    def admit(self, person: Person, *, announce: bool = False) -> None:
        """Adds or changes a person. `announce` sends the callbacks that this would cause."""
        before = self.find(person.userid)
        self.put_person(person)
        if not announce:
            return
        known = before is not None and before.status != LEFT
        self._post(members.contact_change(self, "update_user" if known else "create_user", person))
        was_reachable = before is not None and before.reachable
        if was_reachable != person.reachable:
            name = "subscribe" if person.reachable else "unsubscribe"
            self._event(person, name, "加入可见范围" if person.reachable else "离开可见范围")

    def rename(self, userid: str, new_userid: str) -> None:
        """What the old id was sent stays in its chat."""
        before = self.person(userid)
        self.remove_person(before)
        self.put_person(before.model_copy(update={"userid": new_userid}))
        self._post(members.contact_change(self, "update_user", before, new_userid))

    def leave(self, userid: str) -> None:
        """The person leaves the corp: his chat stays, the app is told."""
        before = self.person(userid)
        gone = before.model_copy(update={"status": LEFT, "visible": False})
        self.put_person(gone)
        self._event(gone, "unsubscribe", "离开企业")
        self._post(members.contact_change(self, "delete_user", gone))

    # inside

    def _write(self, userid: str, kind: str, summary: str, body: Json, fields: Json) -> Message:
        person = self._reachable(userid)
        written = self.say("member", person.userid, kind, body)
        self._post(members.message(self, person, kind, summary, fields))
        return written

    def _event(self, person: Person, name: str, summary: str, fields: Json | None = None) -> None:
        self._post(members.event(self, person, name, summary, fields))

    def _pictures_from_menu(self, person: Person, kind: str, key: str, pictures: list[bytes] | None) -> Json:
        """The event carries sums only; the pictures follow as messages of their own."""
        if not pictures:
            return {"needs": "pictures"}
        sums = [{"PicMd5Sum": hashlib.md5(p, usedforsecurity=False).hexdigest()} for p in pictures]
        info = {"Count": len(pictures), "PicList": {"item": sums}}
        self._event(person, kind, f"发送 {len(pictures)} 张图片", {"EventKey": key, "SendPicsInfo": info})
        for picture in pictures:
            self.send_image(person.userid, picture)
        return {"done": True}

    def _place_from_menu(self, person: Person, key: str, given: dict[str, Any]) -> Json:
        if given.get("lat") is None or given.get("lon") is None:
            return {"needs": "location"}
        place = {"Location_X": str(given["lat"]), "Location_Y": str(given["lon"]), "Scale": str(_SCALE)}
        info = {**place, "Label": str(given.get("label", "")), "Poiname": ""}
        told = {"EventKey": key, "SendLocationInfo": info, "AppType": "wxwork"}
        shown = {"lat": given["lat"], "lon": given["lon"], "label": info["Label"], "scale": _SCALE}
        self.say("member", person.userid, "location", shown)
        self._event(person, "location_select", "选择位置", told)
        return {"done": True}

    def _scan_from_menu(self, person: Person, kind: str, key: str, given: dict[str, Any]) -> Json:
        if not given.get("result"):
            return {"needs": "scan"}
        result = str(given["result"])
        info = {"ScanType": str(given.get("scan_type", "qrcode")), "ScanResult": result}
        self.say("member", person.userid, "event", {"event": kind, "text": f"扫码：{result}"})
        self._event(person, kind, f"扫码 {result}", {"EventKey": key, "ScanCodeInfo": info})
        return {"open": result} if kind == "scancode_push" and result.startswith("http") else {"done": True}

    def _thumb(self, mp4: bytes) -> Media | None:
        """None for a video that cannot be shown; WeCom passes on what it cannot read, too."""
        try:
            return media.keep(self, "image", recordings.first_picture(mp4), "thumb.jpg", _PHOTO)
        except recordings.Unplayable:
            return None

    def _reachable(self, userid: str) -> Person:
        person = self.person(userid)
        members.require_reachable(person)
        return person

    def _post(self, callback: Callback) -> None:
        self.store.changed()
        self.courier.post(callback)
