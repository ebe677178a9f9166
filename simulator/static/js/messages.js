// One message of the chat as a row: who it is from, and the body by its kind.

import { media } from "./api.js";
import { appAvatar, avatar } from "./avatars.js";
import { templateCard } from "./cards.js";
import { h, icon } from "./dom.js";
import { mapThumbnail } from "./map.js";
import { isWebAddress, markdown, richText, textcardBody } from "./rich.js";
import { voiceBubble } from "./voice.js";
import { zoomPicture, zoomVideo } from "./zoom.js";

const DROPPED = "WeCom 已静默丢弃（超过每分钟 30 条）";

/** Kinds which WeCom draws as a wide card without an avatar. */
const WIDE = { textcard, news, mpnews: news, miniprogram_notice: miniprogram, template_card: templateCard };

const BUBBLES = { text, image, voice, video, location, link, markdown: markdownBubble, file };

export function messageRow(message, phone) {
  const row = h("div", { class: `row row-${message.from} kind-${message.kind}`, "data-testid": `message-${message.id}`, "data-kind": message.kind });
  row.append(rowContent(message, phone));
  return row;
}

function rowContent(message, phone) {
  if (message.recalled) return systemLine(message.from === "app" ? `“${phone.appName}”撤回了一条消息` : "你撤回了一条消息");
  if (message.dropped) return droppedLine(message, phone);
  return visible(message, phone);
}

function visible(message, phone) {
  if (message.kind === "event") return systemLine(message.text ?? message.event ?? "");
  const wide = WIDE[message.kind];
  if (wide) return h("div", { class: "wide" }, wide(message, phone));
  return spoken(message, phone);
}

function spoken(message, phone) {
  const body = (BUBBLES[message.kind] ?? unknown)(message, phone);
  const face = message.from === "app" ? appAvatar() : avatar(phone.person);
  return h("div", { class: "spoken" }, face, body);
}

const systemLine = (text) => h("p", { class: "system-line" }, text);

function droppedLine(message, phone) {
  return h(
    "details",
    { class: "dropped", "data-testid": `dropped-${message.id}` },
    h("summary", {}, DROPPED),
    visible({ ...message, dropped: false }, phone),
  );
}

const bubble = (kind, ...children) => h("div", { class: `bubble bubble-${kind}` }, children);

function unknown(message) {
  return bubble("text", `[暂不支持的消息：${message.kind}]`);
}

function text({ content }, phone) {
  return bubble("text", richText(content, phone.open));
}

function markdownBubble({ content }, phone) {
  return bubble("markdown", markdown(content, phone.open));
}

function image({ media_id: id }) {
  const address = media(id);
  return h(
    "button",
    { class: "picture", type: "button", "aria-label": "查看图片", onclick: () => zoomPicture(address) },
    h("img", { src: address, alt: "图片", loading: "lazy" }),
  );
}

function voice(message) {
  return voiceBubble(media(message.media_id), message.seconds);
}

function video({ media_id: id, title, description }) {
  const address = media(id);
  return h(
    "div",
    { class: "film" },
    h(
      "button",
      { class: "picture", type: "button", "aria-label": "播放视频", onclick: () => zoomVideo(address) },
      h("video", { src: `${address}#t=0.1`, preload: "metadata", muted: true, playsinline: true, tabindex: "-1" }),
      h("span", { class: "play" }, icon("play")),
    ),
    (title || description) && h("p", {}, title && h("strong", {}, title), description),
  );
}

function location({ lat, lon, label }) {
  return h(
    "div",
    { class: "place-bubble" },
    h("strong", {}, label || "位置"),
    h("small", {}, `${Number(lat).toFixed(5)}, ${Number(lon).toFixed(5)}`),
    mapThumbnail(Number(lat), Number(lon)),
  );
}

function link(body, phone) {
  return h(
    "button",
    { class: "bubble bubble-link", type: "button", onclick: () => isWebAddress(body.url) && phone.open(body.url, body.title) },
    h("strong", {}, body.title ?? ""),
    h("span", {}, body.description ?? ""),
  );
}

function file({ media_id: id, filename, size }) {
  return h(
    "a",
    { class: "bubble bubble-file", href: media(id), target: "_blank", rel: "noopener" },
    h("span", {}, h("strong", {}, filename ?? "文件"), size && h("small", {}, fileSize(size))),
    icon("file"),
  );
}

function fileSize(bytes) {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function textcard(card, phone) {
  return h(
    "button",
    { class: "card textcard", type: "button", "data-testid": `open-${card.id}`, onclick: () => isWebAddress(card.url) && phone.open(card.url, card.title) },
    h("h3", {}, card.title),
    h("div", { class: "textcard-body" }, textcardBody(card.description ?? "")),
    h("div", { class: "card-jump" }, h("span", {}, card.btntxt || "详情"), icon("chevron")),
  );
}

function news({ articles }, phone) {
  return h("div", { class: "card news" }, articles.map((article, index) => newsArticle(article, index === 0, phone)));
}

function newsArticle(article, first, phone) {
  const shown = isWebAddress(article.picurl);
  return h(
    "button",
    { class: first ? "article first" : "article", type: "button", onclick: () => isWebAddress(article.url) && phone.open(article.url, article.title) },
    shown && h("img", { src: article.picurl, alt: "" }),
    h("span", {}, h("strong", {}, article.title), first && article.description && h("small", {}, article.description)),
  );
}

function miniprogram({ title, description, content_item: rows }) {
  return h(
    "div",
    { class: "card" },
    h("div", { class: "card-title" }, h("h3", {}, title), description && h("p", {}, description)),
    h("dl", { class: "card-rows" }, rows.map(({ key, value }) => h("div", {}, h("dt", {}, key), h("dd", {}, value)))),
  );
}
