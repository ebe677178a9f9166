// The collapsible panel at the right: what passes behind the phones, and what can be moved, broken or taken away.

import { h, replace } from "../dom.js";
import { ClockTab } from "./clock.js";
import { FaultsTab } from "./faults.js";
import { RosterTab } from "./roster.js";
import { ServiceTab } from "./service.js";
import { TrafficTab } from "./traffic.js";

const REMEMBERED = "panel-closed";
const NARROW = "(max-width: 900px)";

export class Panel {
  constructor(node) {
    this.node = node;
    this.tabs = [new TrafficTab(), new ClockTab(), new FaultsTab(), new ServiceTab(), new RosterTab()];
    this.bar = h("div", { class: "panel-tabs", role: "tablist" });
    this.body = h("div", { class: "panel-body" });
    replace(node, this.bar, this.body);
    this.show(this.tabs[0]);
    this.setOpen(!matchMedia(NARROW).matches && localStorage.getItem(REMEMBERED) !== "yes");
  }

  show(tab) {
    this.current = tab;
    replace(this.bar, this.tabs.map((each) => this.tabButton(each)));
    replace(this.body, tab.node);
    this.body.scrollTop = 0;
  }

  tabButton(tab) {
    const current = tab === this.current;
    return h("button", { type: "button", role: "tab", "aria-selected": String(current), "data-testid": `panel-${tab.id}`, onclick: () => this.show(tab) }, tab.title);
  }

  toggle() {
    this.setOpen(document.body.classList.contains("panel-closed"));
    if (!matchMedia(NARROW).matches) localStorage.setItem(REMEMBERED, document.body.classList.contains("panel-closed") ? "yes" : "no");
  }

  setOpen(open) {
    document.body.classList.toggle("panel-closed", !open);
  }

  reload() {
    this.tabs[0].restart();
  }
}
