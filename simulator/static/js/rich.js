// The three little markups WeCom knows (text, textcard, markdown), turned into nodes. What is not on the list stays text.

import { h } from "./dom.js";

const LINK = /<a\s+[^>]*?href\s*=\s*(?:"([^"]*)"|'([^']*)')[^>]*>([\s\S]*?)<\/a>|(https?:\/\/[^\s<>"'，。；）】」]+)/gi;
const CARD_MARK = /<div\s+class\s*=\s*(?:"(\w+)"|'(\w+)')\s*>([\s\S]*?)<\/div>|<br\s*\/?>/gi;
const INLINE = /\*\*([^*\n]+)\*\*|`([^`\n]+)`|\[([^\]\n]+)\]\(([^)\s]+)\)|<font\s+color\s*=\s*["'](info|comment|warning)["']>([\s\S]*?)<\/font>|<@([\w.@-]+)>/g;

export const isWebAddress = (address) => /^https?:\/\/[^\s]+$/i.test(address ?? "");

function pieces(text, pattern, make) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    nodes.push(text.slice(end, match.index), make(match));
    end = match.index + match[0].length;
  }
  return [...nodes, text.slice(end)].filter((node) => node !== "");
}

export function webLink(address, text, open, attributes = {}) {
  return h(
    "a",
    {
      href: address,
      rel: "noreferrer noopener",
      ...attributes,
      onclick: (event) => {
        event.preventDefault();
        event.stopPropagation();
        open(address, typeof text === "string" ? text : "");
      },
    },
    text,
  );
}

export function richText(text, open) {
  return pieces(text, LINK, ([whole, double, single, label, bare]) => {
    const address = double ?? single ?? bare;
    return isWebAddress(address) ? webLink(address, label ?? bare, open) : whole;
  });
}

/** A textcard's description: gray, normal, highlight and line breaks. */
export function textcardBody(text) {
  return pieces(text, CARD_MARK, ([whole, double, single, inner]) => {
    if (inner === undefined) return h("br");
    const kind = double ?? single;
    return ["gray", "normal", "highlight"].includes(kind) ? h("div", { class: `mark-${kind}` }, inner) : whole;
  });
}

function inline(text, open) {
  return pieces(text, INLINE, ([whole, bold, code, label, address, colour, coloured, mention]) => {
    if (bold !== undefined) return h("strong", {}, inline(bold, open));
    if (code !== undefined) return h("code", {}, code);
    if (colour !== undefined) return h("span", { class: `font-${colour}` }, inline(coloured, open));
    if (mention !== undefined) return h("span", { class: "mention" }, `@${mention}`);
    return isWebAddress(address) ? webLink(address, label, open) : whole;
  });
}

function markdownLine(line, open) {
  const heading = /^(#{1,6})\s+(.*)$/.exec(line);
  if (heading) return h(`h${heading[1].length}`, {}, inline(heading[2], open));
  const quote = /^>\s?(.*)$/.exec(line);
  if (quote) return h("blockquote", {}, inline(quote[1], open));
  return h("p", {}, line === "" ? h("br") : inline(line, open));
}

export function markdown(text, open) {
  return h("div", { class: "markdown" }, text.split(/\r?\n/).map((line) => markdownLine(line, open)));
}
