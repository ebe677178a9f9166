// Every callback and API call as it passes; a tap shows what was inside.

import { get } from "../api.js";
import { h, icon, replace } from "../dom.js";
import { attempt } from "../toast.js";
import { exactTime, toMs } from "../times.js";
import { on, person } from "../world.js";

const KEPT = 400;
const FILTERS = [["all", "全部"], ["callback", "回调"], ["api", "接口"]];

export class TrafficTab {
  id = "traffic";
  title = "往来";

  constructor() {
    this.last = 0;
    this.filter = "all";
    this.list = h("ol", { class: "traffic", "data-testid": "traffic" });
    this.empty = h("p", { class: "hint" }, "还没有往来。在手机里发一句“帮助”，回调和接口调用就会出现在这里。");
    this.filters = h("div", { class: "segments" });
    this.node = h("div", {}, h("div", { class: "panel-row" }, this.filters,
      h("button", { class: "round", type: "button", "aria-label": "清空列表", onclick: () => this.clear() }, icon("trash"))), this.empty, this.list);
    this.showFilters();
    on("traffic", ({ entry }) => this.add(entry));
    this.fetch();
  }

  async fetch() {
    await attempt(async () => {
      const { entries } = await get(`/traffic?after=${this.last}`);
      for (const entry of entries) this.add(entry);
    });
  }

  restart() {
    this.last = 0;
    this.clear();
    this.fetch();
  }

  clear() {
    this.list.replaceChildren();
    this.empty.hidden = false;
  }

  showFilters() {
    replace(this.filters, FILTERS.map(([id, label]) =>
      h("button", { type: "button", "aria-pressed": String(this.filter === id), onclick: () => this.setFilter(id) }, label)));
    this.list.dataset.filter = this.filter;
  }

  setFilter(id) {
    this.filter = id;
    this.showFilters();
  }

  add(entry) {
    if (entry.n <= this.last) return;
    this.last = entry.n;
    this.empty.hidden = true;
    this.list.prepend(trafficRow(entry));
    while (this.list.children.length > KEPT) this.list.lastElementChild.remove();
  }
}

const failed = ({ status, errcode }) => !status || status >= 400 || (errcode ?? 0) !== 0;

function trafficRow(entry) {
  const details = h(
    "details",
    { ontoggle: () => details.open && details.children.length === 1 && details.append(content(entry)) },
    h(
      "summary",
      {},
      h("span", { class: "traffic-kind" }, entry.direction === "callback" ? "回调" : "接口"),
      h("span", { class: "traffic-what" }, h("strong", {}, heading(entry)), h("small", {}, facts(entry))),
      h("span", { class: "traffic-end" }, h("span", { class: failed(entry) ? "code bad" : "code" }, code(entry)), h("small", {}, `${Math.round(entry.ms)} 毫秒`)),
    ),
  );
  return h("li", { class: entry.direction, "data-n": entry.n }, details);
}

/** With the member's name where the simulator wrote his id. */
function heading({ summary, path, userid }) {
  return (summary || path).replace(userid ?? "", person(userid)?.name ?? userid ?? "");
}

function facts({ at, path }) {
  return `${exactTime(toMs(at))} · ${path.replace("/cgi-bin/", "")}`;
}

function code({ status, errcode, fault }) {
  if (fault) return fault;
  if (errcode) return errcode;
  return status ?? "无回应";
}

function content(entry) {
  return h("div", { class: "traffic-content" },
    h("h4", {}, `${entry.method} ${entry.path}`), block(entry.request), h("h4", {}, `回答 ${entry.status ?? "无"}`), block(entry.response));
}

function block(value) {
  if (value === null || value === undefined || value === "") return h("p", { class: "hint" }, "（空）");
  return h("pre", {}, typeof value === "string" ? value : JSON.stringify(value, null, 2));
}
