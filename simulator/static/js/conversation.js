// The list of messages with its time lines; it stays at the end unless the member has scrolled up.

import { h } from "./dom.js";
import { messageRow } from "./messages.js";
import { chatTime, toMs } from "./times.js";
import { now } from "./world.js";

const TIME_LINE_MS = 5 * 60 * 1000;
const NEAR_END_PX = 120;

export class Conversation {
  constructor(phone) {
    this.phone = phone;
    this.rows = new Map();
    this.lastAt = -Infinity;
    this.list = h("div", { class: "messages", role: "log", "aria-live": "polite", "aria-label": `${phone.person.name}与${phone.appName}的会话` });
    this.fresh = h("button", { class: "fresh", type: "button", hidden: true, onclick: () => this.toEnd(true) }, "有新消息");
    this.empty = h("p", { class: "system-line empty" }, "还没有消息。点下面的菜单，或发一句“帮助”开始。");
    this.node = h("div", { class: "conversation" }, this.list, this.empty, this.fresh);
    this.list.addEventListener("load", () => this.sticks && this.toEnd(), true);
    this.list.addEventListener("scroll", () => this.scrolled());
    new ResizeObserver(() => this.sticks && this.toEnd()).observe(this.list);
    this.sticks = true;
  }

  show(messages) {
    this.rows.clear();
    this.list.replaceChildren();
    this.lastAt = -Infinity;
    this.empty.hidden = false;
    for (const message of messages) this.append(message);
    this.toEnd();
  }

  add(message) {
    if (this.rows.has(message.id)) return this.update(message);
    this.append(message);
    if (this.sticks || message.from === "member") this.toEnd(true);
    else this.fresh.hidden = false;
  }

  update(message) {
    const old = this.rows.get(message.id);
    if (!old) return this.add(message);
    const row = messageRow(message, this.phone);
    row.classList.add("updated");
    old.replaceWith(row);
    this.rows.set(message.id, row);
    if (this.sticks) this.toEnd();
  }

  append(message) {
    const at = toMs(message.at);
    if (Math.abs(at - this.lastAt) > TIME_LINE_MS) this.list.append(h("p", { class: "time-line" }, chatTime(at, now())));
    this.lastAt = at;
    this.empty.hidden = true;
    const row = messageRow(message, this.phone);
    this.rows.set(message.id, row);
    this.list.append(row);
  }

  scrolled() {
    this.sticks = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < NEAR_END_PX;
    if (this.sticks) this.fresh.hidden = true;
  }

  toEnd(smooth = false) {
    this.sticks = true;
    this.fresh.hidden = true;
    this.list.scrollTo({ top: this.list.scrollHeight, behavior: smooth ? "smooth" : "instant" });
  }
}
