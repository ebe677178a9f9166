// The bar at the bottom: the menu, or the keyboard with its drawer of things to send.

import { pictureSheet, placeSheet, videoSheet, voiceSheet } from "./attachments.js";
import { h, icon } from "./dom.js";
import { Menu } from "./menu.js";

const DRAWER = [
  ["picture", "图片", pictureSheet],
  ["microphone", "语音", voiceSheet],
  ["video", "视频", videoSheet],
  ["place", "位置", placeSheet],
];

export class Composer {
  constructor(phone) {
    this.phone = phone;
    this.menu = new Menu(phone);
    this.text = this.textarea();
    this.toggleButton = this.button("keyboard", "切换到键盘", "toggle", () => this.setMode(this.mode === "menu" ? "keyboard" : "menu"));
    this.bar = h("div", { class: "bar" }, this.toggleButton, this.menu.node, this.keyboard());
    this.drawer = h("div", { class: "drawer" }, DRAWER.map(([name, label, open]) => this.tile(name, label, open)));
    this.node = h("footer", { class: "composer" }, this.bar, this.drawer);
    this.setMode("keyboard");
  }

  button(name, label, testid, onclick) {
    return h("button", { class: "bar-button", type: "button", "aria-label": label, "data-testid": `${testid}-${this.phone.userid}`, onclick }, icon(name));
  }

  keyboard() {
    const send = h("button", { class: "send", type: "button", "data-testid": `send-${this.phone.userid}`, onclick: () => this.send() }, "发送");
    const voice = this.button("microphone", "语音", "voice", () => voiceSheet(this.phone));
    const plus = this.button("plus", "更多", "plus", () => this.node.classList.toggle("open"));
    return h("div", { class: "keyboard" }, voice, this.text, h("div", { class: "keyboard-end" }, plus, send));
  }

  textarea() {
    return h("textarea", {
      rows: "1",
      "aria-label": "输入消息",
      "data-testid": `input-text-${this.phone.userid}`,
      oninput: () => this.typed(),
      onfocus: () => this.node.classList.remove("open"),
      onkeydown: (event) => {
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        this.send();
      },
    });
  }

  tile(name, label, open) {
    const act = () => {
      this.node.classList.remove("open");
      open(this.phone);
    };
    return h("button", { class: "tile", type: "button", "data-testid": `attach-${name}-${this.phone.userid}`, onclick: act }, h("span", {}, icon(name)), label);
  }

  setMenu(menu) {
    const had = this.node.classList.contains("has-menu");
    const has = this.menu.show(menu);
    this.node.classList.toggle("has-menu", has);
    if (has && !had) this.setMode("menu");
    if (!has && this.mode === "menu") this.setMode("keyboard");
  }

  setMode(mode) {
    this.mode = mode;
    this.node.classList.toggle("menu-mode", mode === "menu");
    this.node.classList.remove("open");
    this.toggleButton.replaceChildren(icon(mode === "menu" ? "keyboard" : "menu"));
    this.toggleButton.setAttribute("aria-label", mode === "menu" ? "切换到键盘" : "切换到菜单");
  }

  typed() {
    this.node.classList.toggle("typing", this.text.value.trim() !== "");
    this.text.style.setProperty("height", "auto");
    this.text.style.setProperty("height", `${Math.min(this.text.scrollHeight, 110)}px`);
  }

  async send() {
    const content = this.text.value.trim();
    if (!content) return;
    this.text.value = "";
    this.typed();
    const sent = await this.phone.send("text", { content });
    if (!sent && !this.text.value) this.text.value = content;
    this.typed();
  }
}
