// Sheets that rise from the bottom edge of one phone.

import { h, icon } from "./dom.js";

/** Opens a sheet over the phone's screen and answers the function that closes it. */
export function sheet(phone, { title = "", kind = "", body, footer = null, testid = null, onclose = () => {} }) {
  const before = document.activeElement;
  const close = () => {
    if (!layer.isConnected) return;
    layer.remove();
    onclose();
    if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
  };
  const panel = h(
    "section",
    { class: `sheet ${kind}`, role: "dialog", "aria-modal": "true", "aria-label": title || "选择", tabindex: "-1", "data-testid": testid },
    title && h("header", { class: "sheet-title" }, h("h2", {}, title), closeButton(close)),
    h("div", { class: "sheet-body" }, body),
    footer && h("footer", { class: "sheet-footer" }, footer),
  );
  const layer = h("div", { class: "layer", onclick: (event) => event.target === layer && close(), onkeydown: (event) => event.key === "Escape" && close() }, panel);
  phone.screen.append(layer);
  panel.focus({ preventScroll: true });
  return close;
}

function closeButton(close) {
  return h("button", { class: "round", type: "button", "aria-label": "关闭", onclick: close }, icon("close"));
}

/** A short list of actions, as WeCom shows it at the bottom. */
export function actionSheet(phone, title, actions) {
  const rows = actions.map(({ text, act, testid }) =>
    h("button", { type: "button", "data-testid": testid, onclick: () => (close(), act()) }, text));
  const cancel = h("button", { class: "cancel", type: "button", onclick: () => close() }, "取消");
  const close = sheet(phone, { kind: "actions", body: [title && h("p", { class: "sheet-note" }, title), rows, cancel] });
}
