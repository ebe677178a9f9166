import { h } from "./dom.js";

const STAYS_MS = 4200;

export function toast(text, kind = "info") {
  const node = h("div", { class: `toast toast-${kind}`, "data-testid": "toast" }, text);
  document.getElementById("toasts").append(node);
  setTimeout(() => node.remove(), STAYS_MS);
}

/** Runs an action of the user and shows its refusal instead of losing it. Answers whether it went well. */
export async function attempt(action) {
  try {
    await action();
    return true;
  } catch (error) {
    toast(error.message, "error");
    return false;
  }
}
