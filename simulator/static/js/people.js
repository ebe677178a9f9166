// Choosing a person from everybody, by words, grouped by organisation.

import { avatar } from "./avatars.js";
import { h, icon, replace } from "./dom.js";
import { world } from "./world.js";

export const active = (person) => (person.status ?? 1) === 1;

export function grouped(persons) {
  const groups = new Map();
  for (const person of persons) {
    const org = person.org || "其他";
    groups.set(org, [...(groups.get(org) ?? []), person]);
  }
  return groups;
}

export const matches = (person, words) =>
  words.split(/\s+/).every((word) => `${person.name} ${person.org} ${person.title} ${person.role} ${person.userid}`.includes(word));

export function personPicker(title, shown, choose) {
  const list = h("div", { class: "picker-list" });
  const show = (words) => {
    const found = world.state.persons.filter((person) => active(person) && matches(person, words));
    replace(list, found.length ? [...grouped(found)].map(([org, persons]) => group(org, persons)) : h("p", { class: "sheet-note" }, "没有找到，换个词试试"));
  };
  const group = (org, persons) => h("section", {}, h("h3", {}, org), persons.map((person) => row(person)));
  const row = (person) => h(
    "button",
    { class: "picker-row", type: "button", disabled: shown.includes(person.userid), "data-testid": `pick-${person.userid}`, onclick: () => (dialog.close(), choose(person.userid)) },
    avatar(person, "small"),
    h("span", {}, h("strong", {}, person.name), h("small", {}, person.title || person.role)),
    shown.includes(person.userid) && h("em", {}, "已在桌上"),
    person.unread > 0 && !shown.includes(person.userid) && h("b", { class: "badge" }, person.unread > 99 ? "99+" : person.unread),
  );
  const search = h("input", { type: "search", class: "field", placeholder: "姓名、单位、职务", "aria-label": "搜索成员", "data-testid": "pick-search", oninput: () => show(search.value.trim()) });
  const dialog = h(
    "dialog",
    { class: "picker", "aria-label": title, onclose: () => dialog.remove(), onclick: (event) => event.target === dialog && dialog.close() },
    h("div", { class: "picker-box" },
      h("header", { class: "sheet-title" }, h("h2", {}, title), h("button", { class: "round", type: "button", "aria-label": "关闭", onclick: () => dialog.close() }, icon("close"))),
      search, list),
  );
  document.body.append(dialog);
  show("");
  dialog.showModal();
  search.focus();
}
