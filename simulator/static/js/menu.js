// The app's menu at the bottom of the chat: up to three entries, each with a pop-up of up to five.

import { h, icon } from "./dom.js";
import { pictureSheet, placeSheet } from "./attachments.js";

const PICTURES = ["pic_sysphoto", "pic_photo_or_album", "pic_weixin"];

export class Menu {
  constructor(phone) {
    this.phone = phone;
    this.node = h("nav", { class: "menu", "aria-label": "菜单" });
    this.popup = null;
  }

  show(menu) {
    const buttons = menu?.button ?? [];
    this.closePopup();
    this.node.replaceChildren(...buttons.map((button, index) => this.entry(button, index)));
    return buttons.length > 0;
  }

  entry(button, index) {
    const inner = button.sub_button?.length ? button.sub_button : null;
    const node = h("div", { class: "menu-entry" }, h(
      "button",
      {
        type: "button",
        "aria-haspopup": inner ? "menu" : null,
        "data-testid": `menu-${index}-${this.phone.userid}`,
        onclick: () => (inner ? this.toggle(node, inner) : this.act(button)),
      },
      inner && icon("menu"),
      h("span", {}, button.name),
    ));
    return node;
  }

  toggle(entry, buttons) {
    const again = this.popup?.parentElement === entry;
    this.closePopup();
    if (again) return;
    this.popup = h("div", { class: "menu-popup", role: "menu" }, buttons.map((button) => this.subEntry(button)));
    entry.append(this.popup);
    document.addEventListener("click", this.outside, true);
  }

  outside = (event) => {
    if (!this.popup?.parentElement.contains(event.target)) this.closePopup();
  };

  closePopup() {
    document.removeEventListener("click", this.outside, true);
    this.popup?.remove();
    this.popup = null;
  }

  subEntry(button) {
    const choose = () => {
      this.closePopup();
      this.act(button);
    };
    return h("button", { class: "menu-sub", type: "button", role: "menuitem", "data-testid": `menu-item-${button.key ?? button.name}`, onclick: choose }, button.name);
  }

  act(button) {
    const { phone } = this;
    if (PICTURES.includes(button.type)) return pictureSheet(phone, (items) => phone.pressMenuWithPictures(button.key, items));
    if (button.type === "location_select") return placeSheet(phone, (place) => phone.pressMenu({ key: button.key, ...place }));
    if (button.type?.startsWith("scancode")) return this.scan(button);
    return phone.pressMenu({ key: button.key ?? button.url ?? button.pagepath }, button.name);
  }

  scan(button) {
    this.phone.ask("扫码结果", "码里的文字", (result) => this.phone.pressMenu({ key: button.key, result }));
  }
}
