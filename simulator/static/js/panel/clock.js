import { post } from "../api.js";
import { h, replace } from "../dom.js";
import { attempt } from "../toast.js";
import { dateLine, exactTime, parts } from "../times.js";
import { now, on, setClock, world } from "../world.js";

const HOUR = 3600;
const DAY = 24 * HOUR;
const START_OF_WORK = 9;

export class ClockTab {
  id = "clock";
  title = "时钟";

  constructor() {
    this.time = h("strong", {});
    this.date = h("span", {});
    this.offset = h("small", {});
    this.node = h(
      "div",
      {},
      h("div", { class: "big-clock" }, this.time, this.date, this.offset),
      h("div", { class: "button-grid" },
        this.step("+10 分钟", () => 600, "clock-minutes"), this.step("+1 小时", () => HOUR, "clock-hour"), this.step("+1 天", () => DAY, "clock-day"), this.step("+7 天", () => 7 * DAY, "clock-week"),
        this.aim("明天 9:00", "tomorrow"), this.aim("下一个工作日 9:00", "workday"),
        this.aim("到下一个提醒或截止", "step", "span"),
        h("button", { class: "quiet span", type: "button", "data-testid": "clock-reset", onclick: () => this.set({ offset_seconds: 0 }) }, "恢复为真实时间")),
      h("p", { class: "hint" }, "服务的时钟跟着一起走：期限、提醒和升级会像真的过了这么久一样发生。"),
    );
    on("clock", () => this.show());
    setInterval(() => this.show(), 1000);
    this.show();
  }

  step(label, seconds, testid) {
    return h("button", { type: "button", "data-testid": testid, onclick: () => this.set({ advance_seconds: seconds() }) }, label);
  }

  aim(label, to, look = "") {
    return h("button", { class: look, type: "button", "data-testid": `clock-${to}`, onclick: () => this.set({ to }) }, label);
  }

  set(body) {
    return attempt(async () => {
      const clock = await post("/clock", body);
      if (clock?.now) setClock(clock);
      this.show();
    });
  }

  show() {
    const ms = now();
    replace(this.time, exactTime(ms));
    replace(this.date, dateLine(ms));
    replace(this.offset, offsetText(world.state.offset_seconds));
    this.offset.classList.toggle("moved", Math.abs(world.state.offset_seconds) >= 1);
  }
}

function offsetText(seconds) {
  if (Math.abs(seconds) < 1) return "与真实时间相同";
  const days = Math.floor(Math.abs(seconds) / DAY);
  const hours = Math.floor((Math.abs(seconds) % DAY) / HOUR);
  const minutes = Math.floor((Math.abs(seconds) % HOUR) / 60);
  const words = [days && `${days} 天`, hours && `${hours} 小时`, minutes && `${minutes} 分钟`].filter(Boolean);
  return `比真实时间${seconds > 0 ? "快" : "慢"} ${words.join(" ") || "不到一分钟"}`;
}
