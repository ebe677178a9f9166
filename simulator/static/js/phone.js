// One phone: who holds it, its chat with the app, and the pages opened in it.

import { get, personPath, post, uploadAll } from "./api.js";
import { appAvatar, avatar } from "./avatars.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { h, icon, replace, svg } from "./dom.js";
import { active, personPicker } from "./people.js";
import { isWebAddress } from "./rich.js";
import { sheet } from "./sheet.js";
import { attempt, toast } from "./toast.js";
import { clockTime } from "./times.js";
import { WebView } from "./webview.js";
import { now, on, person, world } from "./world.js";

export class Phone {
  constructor(userid, desk) {
    this.userid = userid;
    this.desk = desk;
    this.choices = new Map();
    this.pages = [];
    this.entered = false;
    this.before = null;
    this.heard = null;
    this.person = person(userid) ?? { userid, name: userid };
    this.conversation = new Conversation(this);
    this.composer = new Composer(this);
    this.caption = h("div", { class: "caption-box" });
    this.tile = h("div", { class: "tile", "data-testid": `tile-${userid}`, hidden: true });
    this.time = h("span", { class: "status-time" });
    this.screen = h("div", { class: "screen" }, this.statusBar(), this.navBar(), this.conversation.node, this.composer.node);
    this.node = h("section", { class: "phone", "data-testid": `phone-${userid}`, "aria-label": `${this.person.name}的手机` },
      this.caption, this.tile, h("div", { class: "body" }, this.screen));
    this.left = [on("message", (event) => this.hear(event)), on("update", (event) => this.hear(event)), on("menu", () => this.load()), on("tile", () => this.loadTile())];
    this.showPerson();
    this.tick();
    this.load();
  }

  get appName() {
    return world.state.app.name;
  }

  /** What is heard while the chat is being fetched may be missing in it. */
  hear({ userid, message }) {
    if (userid !== this.userid) return;
    this.heard?.push(message);
    this.conversation.add(message);
  }

  async load() {
    const heard = [];
    this.heard = heard;
    await attempt(async () => {
      const chat = await get(personPath(this.userid, "chat"));
      if (this.heard !== heard) return;
      this.conversation.show(chat.messages);
      for (const message of heard) this.conversation.add(message);
      this.heard = null;
      this.composer.setMenu(chat.menu);
      this.showTile(chat.tile);
      if (!chat.messages.length && active(this.person)) await this.enter();
    });
  }

  loadTile() {
    return attempt(async () => this.showTile((await get(personPath(this.userid, "chat"))).tile));
  }

  /** What WeCom's workbench shows of the app; a figure opens its page in this phone. */
  showTile(tile) {
    const items = tile?.keydata?.items ?? [];
    this.tile.hidden = !items.length;
    replace(this.tile, h("span", { class: "tile-name" }, "工作台"), items.map(({ key, data, jump_url: link }) =>
      h("button", { class: "tile-item", type: "button", disabled: !isWebAddress(link), onclick: () => this.open(link, key) }, h("span", {}, key), h("strong", {}, data))));
  }

  /** Whoever opens the app is reported by WeCom as enter_agent; once for each phone on the desk. */
  async enter() {
    if (this.entered) return;
    this.entered = true;
    await post(personPath(this.userid, "enter"));
  }

  destroy() {
    for (const leave of this.left) leave();
    this.node.remove();
  }

  statusBar() {
    const bars = [[1, 8, 4], [6, 5, 7], [11, 2, 10]].map(([x, y, height]) => svg("rect", { x, y, width: 3, height, rx: 1 }));
    const battery = [svg("rect", { class: "outline", x: 18, y: 2.5, width: 17, height: 9, rx: 2.5 }), svg("rect", { x: 19.5, y: 4, width: 11, height: 6, rx: 1.2 })];
    return h("div", { class: "status", "aria-hidden": "true" }, this.time, svg("svg", { viewBox: "0 0 38 14" }, bars, battery));
  }

  navBar() {
    return h("header", { class: "navbar" }, h("div", { class: "navbar-side" }), h("h2", {}, appAvatar("tiny"), this.appName), h("div", { class: "navbar-side end" }));
  }

  tick() {
    this.time.textContent = clockTime(now());
  }

  showPerson() {
    this.person = person(this.userid) ?? this.person;
    this.node.classList.toggle("gone", !active(this.person));
    replace(this.caption, this.captionButton(), this.desk.removable && this.removeButton());
  }

  captionButton() {
    const { name, role, title, org } = this.person;
    const gone = !active(this.person);
    return h(
      "button",
      { class: "caption", type: "button", "data-testid": `switch-${this.userid}`, "aria-haspopup": "dialog", onclick: () => this.pick() },
      avatar(this.person, "small"),
      h("span", { class: "caption-text" },
        h("span", { class: "caption-name" }, h("strong", {}, name), h("em", {}, gone ? "已离开" : title || role)),
        h("small", {}, org ?? "")),
      icon("swap"),
    );
  }

  removeButton() {
    return h("button", { class: "round", type: "button", "aria-label": `收起${this.person.name}的手机`, onclick: () => this.desk.removePhone(this.userid) }, icon("close"));
  }

  pick() {
    personPicker("换成谁的手机？", this.desk.userids, (userid) => this.desk.switchPhone(this.userid, userid));
  }

  /** WeCom keeps the order in which a member taps, writes and sends. Answers whether it went well. */
  inTurn(action) {
    const { before } = this;
    this.before = attempt(async () => {
      await before;
      await action();
    });
    return this.before;
  }

  send(kind, body) {
    return this.inTurn(() => post(personPath(this.userid, kind), body));
  }

  /** A menu entry may answer with an address, which then opens in this phone. */
  pressMenu(body, title = "") {
    return this.inTurn(async () => this.follow(await post(personPath(this.userid, "menu"), body), title));
  }

  pressMenuWithPictures(key, items) {
    if (!items.some((item) => item instanceof File)) return this.pressMenu({ key, pictures: items });
    return this.inTurn(() => uploadAll(personPath(this.userid, "menu"), items, { key }));
  }

  follow(answer, title) {
    if (isWebAddress(answer?.open)) this.open(answer.open, title);
    else if (answer?.open) this.say("小程序在模拟器里打不开");
  }

  open = (link, title) => {
    this.pages.push(new WebView(this, link, title));
  };

  webviewClosed(page) {
    this.pages = this.pages.filter((each) => each !== page);
  }

  say(text) {
    toast(text);
  }

  ask(title, placeholder, answer) {
    const field = h("input", { class: "field", type: "text", placeholder, "aria-label": placeholder, "data-testid": `ask-${this.userid}` });
    const button = h("button", { class: "primary", type: "button", onclick: () => field.value.trim() && (close(), answer(field.value.trim())) }, "确定");
    const close = sheet(this, { title, body: field, footer: button });
  }

  showMember(userid) {
    const member = person(userid);
    if (!member) return toast("通讯录里没有这个人", "error");
    const rows = [["单位", member.org], ["职务", member.title || member.role], ["账号", member.userid]];
    sheet(this, { title: "成员", body: h("div", { class: "member" }, avatar(member, "large"), h("h3", {}, member.name),
      h("dl", { class: "card-rows" }, rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value || "—"))))) });
  }
}
