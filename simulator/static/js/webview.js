// A page of the service inside the phone. The frame lives on another origin, so its address and title stay unknown;
// its navigations do enter the tab's own history, which is what the back button walks through.

import { personPath } from "./api.js";
import { h, icon } from "./dom.js";
import { actionSheet } from "./sheet.js";

/** Which page view moved last, over all phones: only that one can be taken back by the tab's history. */
const moves = [];

const forget = (view) => {
  for (let index = moves.length - 1; index >= 0; index -= 1) if (moves[index] === view) moves.splice(index, 1);
};

/** The simulator leads the service's own pages to the member's origin, so that three phones hold three sessions. */
const pageAddress = (userid, link) => `/sim${personPath(userid, "open")}?url=${encodeURIComponent(link)}`;

/** Only the member's own origin may use the camera and the rest: a redirect elsewhere may not. */
const abilities = (origin) => ["camera", "microphone", "geolocation", "autoplay", "fullscreen", "clipboard-write"].map((name) => `${name} ${origin}`).join("; ");

export class WebView {
  constructor(phone, link, title) {
    this.phone = phone;
    this.address = pageAddress(phone.userid, link);
    this.loads = 0;
    this.returning = false;
    this.frame = this.makeFrame();
    this.bar = h("div", { class: "loading" });
    this.node = h("section", { class: "webview", role: "dialog", "aria-label": title || "网页", "data-testid": `webview-${phone.userid}` },
      this.titleBar(title), this.bar, this.frame);
    phone.screen.append(this.node);
  }

  makeFrame() {
    return h("iframe", {
      src: this.address,
      allow: abilities(this.phone.person.webview_origin),
      referrerpolicy: "no-referrer",
      title: "网页",
      onload: () => this.loaded(),
    });
  }

  titleBar(title) {
    const button = (name, label, testid, act) =>
      h("button", { class: "bar-button", type: "button", "aria-label": label, "data-testid": `${testid}-${this.phone.userid}`, onclick: act }, icon(name));
    return h(
      "header",
      { class: "navbar" },
      h("div", { class: "navbar-side" }, button("back", "返回", "webview-back", () => this.back()), button("close", "关闭", "webview-close", () => this.close())),
      h("h2", {}, title || this.phone.appName),
      h("div", { class: "navbar-side end" }, button("more", "更多", "webview-more", () => this.more())),
    );
  }

  loaded() {
    this.bar.classList.add("done");
    if (this.returning) moves.pop();
    else if (this.loads > 0) moves.push(this);
    this.loads += this.returning ? -1 : 1;
    this.returning = false;
  }

  back() {
    if (this.loads <= 1) return this.close();
    if (moves.at(-1) !== this) return this.restart();
    this.returning = true;
    history.back();
  }

  restart() {
    forget(this);
    this.loads = 0;
    this.returning = false;
    this.bar.classList.remove("done");
    const fresh = this.makeFrame();
    this.frame.replaceWith(fresh);
    this.frame = fresh;
  }

  more() {
    actionSheet(this.phone, "", [
      { text: "刷新", act: () => this.restart() },
      { text: "在浏览器中打开", act: () => window.open(this.address, "_blank", "noopener") },
    ]);
  }

  close() {
    forget(this);
    this.node.remove();
    this.phone.webviewClosed(this);
  }
}
