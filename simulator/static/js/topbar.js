import { h, icon, replace } from "./dom.js";
import { dateLine, exactTime } from "./times.js";
import { now, on, world } from "./world.js";

export class TopBar {
  constructor(node, desk, panel) {
    this.time = h("span", { class: "topbar-time", "data-testid": "clock" });
    this.alive = h("span", { class: "alive", role: "status", "data-testid": "alive" });
    this.link = h("span", { class: "link-down", role: "status", hidden: true }, "与模拟器的连接断开了，正在重连…");
    replace(
      node,
      h("h1", {}, h("img", { src: "/static/icon.svg", alt: "" }), h("span", {}, "企业微信模拟器")),
      desk.tabs,
      this.link,
      this.time,
      this.alive,
      h("button", { class: "topbar-button", type: "button", "aria-label": "再放一部手机", "data-testid": "add-phone", onclick: () => desk.addPhone() }, icon("add"), h("span", {}, "手机")),
      h("button", { class: "topbar-button", type: "button", "aria-label": "幕后面板", "data-testid": "panel-toggle", onclick: () => panel.toggle() }, icon("panel"), h("span", {}, "幕后")),
    );
    on("service", () => this.showService());
    on("clock", () => this.tick());
    on("link", ({ up }) => (this.link.hidden = up));
    this.showService();
    this.tick();
  }

  tick() {
    const ms = now();
    replace(this.time, h("span", { class: "wide-only" }, `${dateLine(ms)} `), exactTime(ms));
    this.time.classList.toggle("moved", Math.abs(world.state.offset_seconds) > 1);
  }

  showService() {
    const { alive } = world.state.service;
    this.alive.className = `alive ${{ true: "up", false: "down" }[alive] ?? "unknown"}`;
    this.alive.textContent = { true: "服务在运行", false: "服务没有回应" }[alive] ?? "服务状态未知";
  }
}
