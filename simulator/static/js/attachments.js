// What a member sends besides words: pictures, voice, video and a place.

import { personPath, post, uploadAll } from "./api.js";
import { h, icon, replace } from "./dom.js";
import { PlaceMap } from "./map.js";
import { canRecord, Recorder } from "./recorder.js";
import { sheet } from "./sheet.js";
import { voiceBubble } from "./voice.js";
import { world } from "./world.js";
import { zoomVideo } from "./zoom.js";

const AT_ONCE = 9;

/** One after the other, because WeCom keeps the order in which pictures were chosen. */
async function sendAll(phone, kind, items) {
  await phone.inTurn(async () => {
    for (const item of items) {
      if (item instanceof File) await uploadAll(personPath(phone.userid, kind), [item]);
      else await post(personPath(phone.userid, kind), { [kind === "image" ? "picture" : kind]: item });
    }
  });
}

function filePicker(accept, multiple, testid, onfiles) {
  const input = h("input", { type: "file", accept, multiple, class: "hidden", "data-testid": testid, onchange: () => input.files.length && onfiles([...input.files]) });
  return h("label", { class: "file-button" }, icon("file"), h("span", {}, "从文件选择"), input);
}

export function pictureSheet(phone, send = (items) => sendAll(phone, "image", items)) {
  const chosen = [];
  const button = h("button", { class: "primary", type: "button", disabled: true, "data-testid": `pictures-send-${phone.userid}`, onclick: () => (close(), send([...chosen])) }, "发送");
  const tiles = world.state.pictures.map((picture) => pictureTile(picture, () => toggle(picture.id)));
  const toggle = (id) => {
    const at = chosen.indexOf(id);
    if (at >= 0) chosen.splice(at, 1);
    else if (chosen.length < AT_ONCE) chosen.push(id);
    showChoice(tiles, chosen, button);
  };
  const files = filePicker("image/*", true, `pictures-file-${phone.userid}`, (list) => (close(), send(list)));
  const seen = loadWhenSeen(tiles);
  const close = sheet(phone, { title: "图片", kind: "tall", onclose: () => seen.disconnect(), body: h("div", { class: "picture-grid" }, tiles), footer: [files, button] });
}

/** The simulator paints a picture when it is first asked for, so only those in view are asked for. */
function loadWhenSeen(tiles) {
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) if (isIntersecting) target.firstChild.src = target.firstChild.dataset.src;
  });
  for (const tile of tiles) observer.observe(tile);
  return observer;
}

function pictureTile({ id, url, caption }, onclick) {
  return h(
    "button",
    { class: "picture-tile", type: "button", "aria-pressed": "false", "data-picture": id, "data-testid": `picture-${id}`, onclick },
    h("img", { "data-src": url, alt: "" }),
    h("span", { class: "number" }),
    h("span", { class: "caption" }, caption),
  );
}

function showChoice(tiles, chosen, button) {
  for (const tile of tiles) {
    const at = chosen.indexOf(tile.dataset.picture);
    tile.setAttribute("aria-pressed", String(at >= 0));
    tile.querySelector(".number").textContent = at >= 0 ? at + 1 : "";
  }
  button.disabled = !chosen.length;
  button.textContent = chosen.length ? `发送(${chosen.length})` : "发送";
}

export function videoSheet(phone) {
  const send = (items) => (close(), sendAll(phone, "video", items));
  const rows = world.state.videos.map((video) => sampleRow("video", video, preview(video), () => send([video.id])));
  const files = filePicker("video/mp4,video/*", false, `video-file-${phone.userid}`, send);
  const close = sheet(phone, { title: "视频", body: h("div", { class: "sample-list" }, rows), footer: files });
}

function sampleRow(kind, { id, caption }, shown, onclick) {
  return h(
    "div",
    { class: "sample" },
    shown,
    h("span", { class: "sample-text" }, caption),
    h("button", { class: "sample-send", type: "button", "aria-label": `发送${caption}`, "data-testid": `${kind}-${id}`, onclick }, "发送"),
  );
}

function preview({ url, caption }) {
  return h(
    "button",
    { class: "sample-picture", type: "button", "aria-label": `播放${caption}`, onclick: () => zoomVideo(url) },
    h("video", { src: `${url}#t=0.1`, preload: "metadata", muted: true, playsinline: true, tabindex: "-1" }),
    icon("play"),
  );
}

export function voiceSheet(phone) {
  const send = (items) => (close(), sendAll(phone, "voice", items));
  const rows = world.state.voices.map((voice) => sampleRow("voice", voice, voiceBubble(voice.url, voice.seconds), () => send([voice.id])));
  const recorder = canRecord() ? new Recorder((file) => send([file])) : null;
  const body = [recorder?.node ?? h("p", { class: "sheet-note" }, "这里不能录音（浏览器没有麦克风或不允许），请选一段现成的语音。"), h("div", { class: "sample-list" }, rows)];
  const close = sheet(phone, { title: "语音", body, footer: filePicker("audio/*", false, `voice-file-${phone.userid}`, send), onclose: () => recorder?.cancel() });
}

export function placeSheet(phone, send = (place) => phone.send("location", place)) {
  const { places } = world.state;
  let chosen = null;
  const name = h("input", { type: "text", "aria-label": "位置名称", placeholder: "位置名称", class: "field", "data-testid": `place-label-${phone.userid}` });
  const coordinates = h("input", { type: "text", inputmode: "decimal", "aria-label": "坐标", placeholder: "纬度, 经度", class: "field", "data-testid": `place-coordinates-${phone.userid}`, oninput: () => typed() });
  const button = h("button", { class: "primary", type: "button", disabled: true, "data-testid": `place-send-${phone.userid}`, onclick: () => (close(), send({ ...chosen, label: name.value.trim() })) }, "发送");
  const map = new PlaceMap(places, (place) => choose(place, false));
  const list = h("div", { class: "place-list" });
  const choose = (place, nearby = true) => {
    chosen = { lat: place.lat, lon: place.lon };
    coordinates.value = `${place.lat}, ${place.lon}`;
    name.value = place.label || place.name;
    button.disabled = false;
    map.choose(place, nearby);
  };
  const typed = () => {
    chosen = readCoordinates(coordinates.value);
    button.disabled = !chosen;
    if (chosen) map.choose(chosen);
  };
  const show = (words) => replace(list, places.filter((place) => matches(place, words)).map((place) => placeRow(place, choose)));
  const search = h("input", { type: "search", class: "field", placeholder: "搜索地点", "aria-label": "搜索地点", oninput: () => show(search.value.trim()) });
  show("");
  const close = sheet(phone, { title: "位置", kind: "tall", body: [map.node, h("div", { class: "place-fields" }, search, coordinates), list], footer: [name, button] });
}

const matches = ({ name, label }, words) => `${name}${label ?? ""}`.includes(words);

function placeRow(place, choose) {
  return h(
    "button",
    { class: "place-row", type: "button", "data-testid": `place-${place.name}`, onclick: () => choose(place) },
    icon("place"),
    h("span", {}, place.name, place.label && h("small", {}, place.label)),
  );
}

function readCoordinates(text) {
  const match = /^\s*(-?\d+(?:\.\d+)?)\s*[,，\s]\s*(-?\d+(?:\.\d+)?)\s*$/.exec(text);
  if (!match) return null;
  const [lat, lon] = [Number(match[1]), Number(match[2])];
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : null;
}
