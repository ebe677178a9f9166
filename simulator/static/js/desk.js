// The phones that lie side by side.

import { post } from "./api.js";
import { avatar } from "./avatars.js";
import { h, replace } from "./dom.js";
import { personPicker } from "./people.js";
import { Phone } from "./phone.js";
import { attempt } from "./toast.js";
import { on, person, world } from "./world.js";

export class Desk {
  constructor(node) {
    this.node = node;
    this.phones = [];
    this.missed = new Map();
    this.tabs = h("nav", { class: "tabs", "aria-label": "手机" });
    this.refresh();
    on("people", () => this.rearrange());
    on("message", (event) => this.count(event));
    node.addEventListener("scroll", () => this.markTab(), { passive: true });
  }

  get userids() {
    return this.phones.map((phone) => phone.userid);
  }

  get removable() {
    return (world.state.phones ?? []).length > 1;
  }

  refresh() {
    for (const phone of this.phones) phone.destroy();
    this.phones = world.state.phones.filter((userid) => person(userid)).map((userid) => new Phone(userid, this));
    replace(this.node, this.phones.map((phone) => phone.node));
    this.showTabs();
  }

  addPhone() {
    personPicker("再放一部手机", this.userids, (userid) => this.change([...this.userids, userid], userid));
  }

  removePhone(userid) {
    return this.change(this.userids.filter((each) => each !== userid));
  }

  switchPhone(from, to) {
    return this.change(this.userids.map((each) => (each === from ? to : each)), to);
  }

  async change(userids, entered = null) {
    await attempt(async () => {
      await post("/phones", userids);
      world.state.phones = userids;
      this.rearrange();
      if (entered) await this.find(entered).enter();
    });
  }

  rearrange() {
    const kept = new Map(this.phones.map((phone) => [phone.userid, phone]));
    this.phones = world.state.phones.filter((userid) => person(userid)).map((userid) => kept.get(userid) ?? new Phone(userid, this));
    for (const [userid, phone] of kept) if (!world.state.phones.includes(userid)) phone.destroy();
    for (const phone of this.phones) if (!phone.node.isConnected) this.node.insertBefore(phone.node, this.after(phone));
    this.showPeople();
  }

  after(phone) {
    const rest = this.phones.slice(this.phones.indexOf(phone) + 1);
    return rest.find((each) => each.node.isConnected)?.node ?? null;
  }

  find(userid) {
    return this.phones.find((phone) => phone.userid === userid);
  }

  showPeople() {
    for (const phone of this.phones) phone.showPerson();
    this.showTabs();
  }

  tick() {
    for (const phone of this.phones) phone.tick();
  }

  count({ userid, message }) {
    if (message.from !== "app" || message.dropped || userid === this.current) return;
    this.missed.set(userid, (this.missed.get(userid) ?? 0) + 1);
    this.showTabs();
  }

  get current() {
    const middle = this.node.scrollLeft + this.node.clientWidth / 2;
    return this.phones.find(({ node }) => node.offsetLeft <= middle && node.offsetLeft + node.offsetWidth >= middle)?.userid;
  }

  markTab() {
    if (this.marked === this.current) return;
    this.missed.delete(this.current);
    this.showTabs();
  }

  showTabs() {
    this.marked = this.current ?? this.userids[0];
    replace(this.tabs, this.phones.map((phone) => this.tab(phone)));
  }

  tab({ userid, node, person: holder }) {
    const missed = this.missed.get(userid) ?? 0;
    return h(
      "button",
      { class: "tab", type: "button", "aria-current": userid === this.marked ? "true" : null, "data-testid": `tab-${userid}`, onclick: () => node.scrollIntoView({ behavior: "smooth", inline: "center" }) },
      avatar(holder, "small"),
      h("span", {}, holder.name),
      missed > 0 && h("b", { class: "badge" }, missed),
    );
  }
}
