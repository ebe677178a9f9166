import { post, remove } from "../api.js";
import { avatar } from "../avatars.js";
import { h, replace } from "../dom.js";
import { active, grouped, matches } from "../people.js";
import { attempt, toast } from "../toast.js";
import { on, world } from "../world.js";

export class RosterTab {
  id = "roster";
  title = "人员";

  constructor() {
    this.search = h("input", { type: "search", class: "field", placeholder: "姓名、单位、职务", "aria-label": "搜索成员", oninput: () => this.show() });
    this.list = h("div", { class: "roster" });
    this.node = h("div", {}, h("p", { class: "hint" }, "离开企业的人立刻收不到消息，也打不开页面；再加入后恢复。"), this.search, this.list, this.newcomer());
    on("people", () => this.show());
    this.show();
  }

  show() {
    const found = world.state.persons.filter((person) => matches(person, this.search.value.trim()));
    replace(this.list, [...grouped(found)].map(([org, persons]) => h("section", {}, h("h3", {}, org), persons.map((person) => this.row(person)))));
  }

  row(person) {
    const here = active(person);
    return h(
      "div",
      { class: here ? "roster-row" : "roster-row gone" },
      avatar(person, "small"),
      h("span", {}, h("strong", {}, person.name), h("small", {}, person.title || person.role)),
      h("button", { type: "button", "data-testid": `${here ? "leave" : "join"}-${person.userid}`, onclick: () => (here ? this.leave(person) : this.join(person)) }, here ? "离开" : "加入"),
    );
  }

  leave({ userid, name }) {
    return attempt(async () => {
      await remove(`/persons/${encodeURIComponent(userid)}`);
      toast(`${name}已离开企业`);
    });
  }

  join({ userid, name }) {
    return attempt(async () => {
      await post("/persons?announce=1", [{ userid, status: 1, visible: true }]);
      toast(`${name}已加入企业`);
    });
  }

  newcomer() {
    const field = (name, label) => h("input", { class: "field", name, placeholder: label, "aria-label": label, required: name !== "mobile" });
    const form = h(
      "form",
      { class: "newcomer", onsubmit: (event) => (event.preventDefault(), this.add(form)) },
      h("h3", {}, "来了一个新人"),
      field("name", "姓名"), field("userid", "账号（字母数字）"), field("mobile", "手机号（可空）"), field("org", "单位"), field("title", "职务"),
      h("button", { type: "submit" }, "加入企业"),
    );
    return form;
  }

  async add(form) {
    const person = Object.fromEntries(new FormData(form));
    if (await attempt(() => post("/persons?announce=1", [{ ...person, role: person.title }]))) form.reset();
  }
}
