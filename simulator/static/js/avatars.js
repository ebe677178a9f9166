import { h } from "./dom.js";

const COLOURS = ["#3e7bfa", "#0fa98f", "#f08a24", "#7a5cf0", "#e0568a", "#2b9ed8", "#5fa52e", "#c7643a", "#4d6cb8", "#b0508f"];

function colourOf(userid) {
  let sum = 7;
  for (const letter of userid) sum = (sum * 31 + letter.codePointAt(0)) >>> 0;
  return COLOURS[sum % COLOURS.length];
}

/** WeCom shows the last two characters of a Chinese name. */
export function avatar(person, size = "") {
  const name = person?.name ?? "？";
  return h(
    "span",
    { class: `avatar ${size}`, "aria-hidden": "true", style: { "--avatar": colourOf(person?.userid ?? name) } },
    [...name].slice(-2).join(""),
  );
}

export function appAvatar(size = "") {
  return h("img", { class: `avatar ${size}`, src: "/static/icon.svg", alt: "" });
}
