// The five template cards as WeCom draws them. What is inside card.state decides what of them still answers.

import { media } from "./api.js";
import { h, icon } from "./dom.js";
import { buttonArea, checkbox, selectList, selection, submitArea } from "./card_controls.js";
import { isWebAddress } from "./rich.js";
import { actionSheet } from "./sheet.js";

const SOURCE_COLOURS = ["grey", "black", "red", "green"];

/** What the member sees now: the card as sent, or the one that replaced it. */
export const shownCard = (card) => card.state?.replaced ?? card;

export const inertText = (card) => card.state?.inert_text || shownCard(card).replace_text || "";

export function templateCard(message, phone) {
  const card = shownCard(message.card);
  const context = { card, message, phone, inert: inertText(message.card), busy: false };
  const draw = BODIES[card.card_type] ?? BODIES.text_notice;
  const node = h(
    "article",
    { class: `card card-${card.card_type}`, "data-card-type": card.card_type, "data-task-id": card.task_id },
    sourceLine(context),
    draw(context),
  );
  return withAction(node, context);
}

const BODIES = {
  text_notice: (c) => [title(c), emphasis(c), quote(c), subTitle(c), horizontal(c), jumps(c)],
  news_notice: (c) => [title(c), picture(c), imageText(c), quote(c), vertical(c), horizontal(c), jumps(c)],
  button_interaction: (c) => [title(c), quote(c), subTitle(c), horizontal(c), selection(c), buttonArea(c)],
  vote_interaction: (c) => [title(c), checkbox(c), submitArea(c)],
  multiple_interaction: (c) => [title(c), selectList(c), submitArea(c)],
};

/** type 1 opens a page, type 2 a mini-program, which the simulator can only name. */
function follow(link, context, label) {
  if (isWebAddress(link.url)) context.phone.open(link.url, label);
  else if (Number(link.type) === 2) context.phone.say("小程序在模拟器里打不开");
}

const leads = (link) => link && Number(link.type) > 0 && (isWebAddress(link.url) || Number(link.type) === 2);

function pressable(node, label, act) {
  node.classList.add("pressable");
  node.setAttribute("role", "button");
  node.setAttribute("tabindex", "0");
  if (label) node.setAttribute("aria-label", label);
  node.addEventListener("click", (event) => {
    event.stopPropagation();
    act();
  });
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== node) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });
  return node;
}

function withAction(node, context) {
  const { card } = context;
  if (!leads(card.card_action)) return node;
  const label = card.main_title?.title ?? "";
  pressable(node, null, () => follow(card.card_action, context, label));
  node.setAttribute("role", "group");
  node.setAttribute("aria-label", `${label || "卡片"}，打开`);
  node.dataset.testid = `card-action-${context.message.id}`;
  return node;
}

function sourceLine(context) {
  const { source, action_menu: menu } = context.card;
  if (!source && !menu) return null;
  return h(
    "header",
    { class: "card-source" },
    isWebAddress(source?.icon_url) && h("img", { src: source.icon_url, alt: "", onerror: (event) => event.target.remove() }),
    h("span", { class: `card-source-text source-${SOURCE_COLOURS[source?.desc_color ?? 0]}` }, source?.desc ?? ""),
    menu && menuButton(menu, context),
  );
}

function menuButton(menu, context) {
  const { phone, message } = context;
  const choose = (action) => phone.send("card-menu", { message_id: message.id, key: action.key });
  return h(
    "button",
    {
      class: "card-menu",
      type: "button",
      "aria-label": menu.desc || "更多操作",
      "data-testid": `card-menu-${message.id}`,
      onclick: (event) => {
        event.stopPropagation();
        actionSheet(phone, menu.desc, menu.action_list.map((action) => ({
          text: action.text,
          testid: `card-menu-item-${action.key}`,
          act: () => choose(action),
        })));
      },
    },
    icon("more"),
  );
}

function title({ card }) {
  const { title: text, desc } = card.main_title ?? {};
  if (!text && !desc) return null;
  return h("div", { class: "card-title" }, text && h("h3", {}, text), desc && h("p", {}, desc));
}

function emphasis({ card }) {
  const content = card.emphasis_content;
  if (!content?.title && !content?.desc) return null;
  return h("div", { class: "card-emphasis" }, h("strong", {}, content.title ?? ""), h("span", {}, content.desc ?? ""));
}

function quote(context) {
  const area = context.card.quote_area;
  if (!area?.title && !area?.quote_text) return null;
  const node = h(
    "blockquote",
    { class: "card-quote" },
    area.title && h("strong", {}, area.title),
    area.quote_text && h("p", {}, area.quote_text),
  );
  return leads(area) ? pressable(node, area.title, () => follow(area, context, area.title)) : node;
}

const subTitle = ({ card }) => card.sub_title_text && h("p", { class: "card-sub" }, card.sub_title_text);

function picture({ card }) {
  if (!isWebAddress(card.card_image?.url)) return null;
  const ratio = card.card_image.aspect_ratio ?? 1.3;
  return h("img", { class: "card-picture", src: card.card_image.url, alt: "", style: { "aspect-ratio": ratio } });
}

function imageText(context) {
  const area = context.card.image_text_area;
  if (!area) return null;
  const node = h(
    "div",
    { class: "card-image-text" },
    isWebAddress(area.image_url) && h("img", { src: area.image_url, alt: "" }),
    h("div", {}, h("strong", {}, area.title ?? ""), h("p", {}, area.desc ?? "")),
  );
  return leads(area) ? pressable(node, area.title, () => follow(area, context, area.title)) : node;
}

function vertical({ card }) {
  if (!card.vertical_content_list?.length) return null;
  return h("div", { class: "card-vertical" }, card.vertical_content_list.map((row) =>
    h("div", {}, h("strong", {}, row.title), row.desc && h("p", {}, row.desc))));
}

function horizontal(context) {
  const rows = context.card.horizontal_content_list;
  if (!rows?.length) return null;
  return h("dl", { class: "card-rows" }, rows.map((row) =>
    h("div", {}, h("dt", {}, row.keyname), h("dd", {}, rowValue(row, context)))));
}

function rowValue(row, context) {
  const value = row.value ?? "";
  const act = rowAction(row, context, value);
  if (!act) return value;
  return pressable(h("span", { class: "card-link" }, value), null, act);
}

function rowAction(row, { phone }, value) {
  const type = Number(row.type ?? 0);
  if (type === 1 && isWebAddress(row.url)) return () => phone.open(row.url, value);
  if (type === 2) return () => window.open(media(row.media_id), "_blank", "noopener");
  if (type === 3) return () => phone.showMember(row.userid);
  return null;
}

function jumps(context) {
  const list = context.card.jump_list;
  if (!list?.length) return null;
  return h("div", { class: "card-jumps" }, list.map((jump) => {
    const node = h("div", { class: "card-jump" }, h("span", {}, jump.title), icon("chevron"));
    return leads(jump) ? pressable(node, jump.title, () => follow(jump, context, jump.title)) : node;
  }));
}
