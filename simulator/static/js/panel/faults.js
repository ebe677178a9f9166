import { post } from "../api.js";
import { h, replace } from "../dom.js";
import { attempt } from "../toast.js";
import { on, world } from "../world.js";

const PATHS = [["all", "全部接口"], ["gettoken", "取令牌 gettoken"], ["message/send", "发消息 message/send"], ["message/update_template_card", "更新卡片"],
  ["message/recall", "撤回消息"], ["media/get", "取素材 media/get"], ["media/upload", "传素材 media/upload"], ["user/", "通讯录 user/"], ["auth/getuserinfo", "登录 getuserinfo"], ["menu/", "菜单 menu/"]];
const CHANCES = [[1, "每次"], [0.5, "一半"], [0.2, "五分之一"], [0.05, "二十分之一"]];
const NAMES = {
  down: "完全连不上", mixed: "各种故障轮流来", timeout: "超时不回答", slow: "慢（3 秒）", 500: "HTTP 500", 502: "HTTP 502（其实已生效）", empty: "回答是空的",
  broken_json: "回答的 JSON 断了", html: "回答一个网页", reset_before: "生效前断开", reset_after: "生效后断开", "-1": "-1 系统繁忙", 40014: "40014 令牌无效",
  42001: "42001 令牌过期", 45009: "45009 调用太频繁", 81013: "81013 收件人全部无效",
  duplicate: "重复推送", out_of_order: "次序颠倒", wrong_receiveid: "收件企业不符", bad_signature: "签名错误", drop: "丢失不推送",
};

const nameOf = (kind) => NAMES[kind] ?? kind;

export class FaultsTab {
  id = "faults";
  title = "故障";

  constructor() {
    this.active = h("div", { class: "fault-active" });
    this.path = select("接口", PATHS, "fault-path");
    this.chance = select("概率", CHANCES, "fault-chance");
    this.api = h("div", { class: "fault-list" });
    this.callbacks = h("div", { class: "fault-list" });
    this.node = h(
      "div",
      {},
      this.active,
      h("h3", {}, "接口故障"),
      h("p", { class: "hint" }, "先选接口和概率，再打开开关。"),
      h("div", { class: "fault-fields" }, this.path, this.chance),
      this.api,
      h("h3", {}, "回调故障"),
      this.callbacks,
    );
    this.path.querySelector("select").addEventListener("change", () => this.show());
    on("faults", () => this.show());
    this.show();
  }

  get chosenPath() {
    return this.path.querySelector("select").value;
  }

  show() {
    const { kinds = [], callback_kinds: callbackKinds = [], active = [] } = world.state.faults;
    replace(this.api, ordered(kinds).map((kind) => this.switch(kind, this.chosenPath, active)));
    replace(this.callbacks, callbackKinds.map((kind) => this.switch(kind, "all", active)));
    replace(this.active, active.length ? this.activeList(active) : h("p", { class: "hint good" }, "现在没有故障，一切正常。"));
  }

  activeList(active) {
    return [
      h("ul", {}, active.map(({ name, path, probability }) =>
        h("li", {}, h("strong", {}, nameOf(name)), h("small", {}, `${path === "all" ? "全部" : path} · ${Math.round(probability * 100)}%`),
          h("button", { type: "button", onclick: () => this.set(name, path, 0) }, "关掉")))),
      h("button", { class: "quiet", type: "button", "data-testid": "faults-clear", onclick: () => attempt(async () => this.take(await post("/faults", { clear: true }))) }, "全部关掉"),
    ];
  }

  switch(kind, path, active) {
    const on = active.some((fault) => fault.name === kind && fault.path === path);
    return h(
      "label",
      { class: "switch" },
      h("span", {}, nameOf(kind)),
      h("input", { type: "checkbox", role: "switch", checked: on, "data-testid": `fault-${kind}`, onchange: (event) => this.set(kind, path, event.target.checked ? this.probability() : 0) }),
    );
  }

  probability() {
    return Number(this.chance.querySelector("select").value);
  }

  async set(name, path, probability) {
    await attempt(async () => this.take(await post("/faults", { name, path, probability })));
    this.show();
  }

  take(answer) {
    world.state.faults = answer;
    this.show();
  }
}

const ordered = (kinds) => [...kinds].sort((one, other) => rank(one) - rank(other));

const rank = (kind) => (kind === "down" ? -2 : kind === "mixed" ? -1 : 0);

function select(label, options, testid) {
  return h("label", { class: "select-field" }, h("span", {}, label),
    h("select", { "data-testid": testid }, options.map(([value, text]) => h("option", { value: String(value) }, text))));
}
