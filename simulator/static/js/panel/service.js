import { post } from "../api.js";
import { h, replace } from "../dom.js";
import { attempt, toast } from "../toast.js";
import { on, world } from "../world.js";

export class ServiceTab {
  id = "service";
  title = "服务";

  constructor() {
    this.light = h("div", { class: "service-light" });
    this.node = h(
      "div",
      {},
      this.light,
      h("button", { class: "danger", type: "button", "data-testid": "kill", onclick: () => this.kill() }, "杀掉服务 (kill -9)"),
      h("p", { class: "hint" }, "服务会在任意一条语句之间立刻死掉，然后重新启动。已确认的都在，没送出的消息会补送，不会重复。"),
    );
    on("service", () => this.show());
    this.show();
  }

  show() {
    const { url, alive } = world.state.service;
    const text = { true: "服务在运行", false: "服务没有回应" }[alive] ?? "还不知道服务是否在运行";
    replace(this.light, h("span", { class: `alive ${{ true: "up", false: "down" }[alive] ?? "unknown"}` }, text), h("code", {}, url));
  }

  async kill() {
    if (await attempt(() => post("/service/kill"))) toast("已发出 kill -9，看它怎样恢复");
  }
}
