// Takes over every <div class="evidence"> of a page: what was taken is seen at once, sent in the background, and can be
// marked, tried again or thrown away. docs/pages.md says what the page has to say.

import { ways } from "./camera.js";
import { button, element } from "./element.js";
import { evidenceOf, files, prepared, remove, retry, state, watch } from "./queue.js";
import { KINDS, draw, save, start } from "./strip.js";
import { placeOf, take } from "./taking.js";
import "../offline.js";

const fields = new Map(); // by their div
const belongs = (file, { draft, finding, kind }) => file.draft === draft && file.finding === finding && file.kind === kind;

const progressOf = (file) => {
  if (file.id === state.sending) return `上传 ${Math.floor(state.fraction * 100)}%`;
  return navigator.onLine || state.passing ? "等待上传" : "已存在手机里";
};

const said = (file) => {
  if (file.state === "failed") return file.sentence;
  return file.interrupted ? `录音中断，保留了前 ${file.interrupted} 秒，${progressOf(file)}` : progressOf(file);
};

const NO_EDITOR = "标注工具没有打开，请在有网络时再试；照片不受影响。";

const mark = async (field, blob, original) => {
  let copy = null;
  try {
    const { marked } = await import("./markup.js");
    copy = await prepared(marked(blob));
  } catch (error) {
    console.error(error);
    field.say(NO_EDITOR);
  }
  if (copy) await field.take([copy], evidenceOf.get(original) ?? original);
};

const picture = (file, keepAddress) => {
  const source = file.thumb ?? file.blob;
  const src = URL.createObjectURL(source);
  keepAddress(src);
  if (file.kind === "photo") {
    const image = element("img", { src, alt: "刚拍的照片", className: "evidence-picture" });
    // HEIC on most phones, or no photo at all.
    image.addEventListener("error", () => image.replaceWith(element("p", { className: "evidence-picture evidence-unseen" }, "本机不能预览")));
    return image;
  }
  const tag = file.kind === "video" ? "video" : "audio";
  return element(tag, { src, controls: true, preload: "metadata", className: "evidence-picture", "aria-label": `刚录的${KINDS[file.kind]}` });
};

const line = (field, file) => {
  let address = "";
  const status = element("p", { className: "evidence-said" });
  const bar = element("progress", { max: 1, value: 0, className: "evidence-progress", "aria-label": "上传进度" });
  const again = button("重试", () => retry(file.id));
  const saving = save(file);
  const buttons = [again, saving, button("删除", () => remove(file.id))];
  if (file.kind === "photo" && file.thumb) buttons.unshift(button("标注", () => mark(field, file.blob, file.id)));
  const made = element("li", { className: "evidence-file evidence-local", dataset: { file: file.id } },
    picture(file, (src) => { address = src; }),
    file.marks ? element("span", { className: "evidence-marked" }, "标注") : "",
    status, bar, element("div", { className: "evidence-buttons" }, ...buttons));
  const update = (now) => {
    status.textContent = said(now);
    made.classList.toggle("evidence-failed", now.state === "failed");
    saving.hidden = now.state !== "failed";
    again.hidden = saving.hidden || Boolean(now.final);
    bar.hidden = now.id !== state.sending;
    bar.value = state.fraction;
  };
  return { made, update, free: () => URL.revokeObjectURL(address) };
};

// The page's own line for what has been sent, from whatever the service answered with.
const item = (html, evidence) => new DOMParser().parseFromString(html, "text/html")
  .querySelector(`[data-evidence="${evidence}"]`);

const markSent = async (field, shown, evidence) => {
  try {
    const answer = await fetch(shown);
    if (!answer.ok) throw new Error(`${shown}: ${answer.status}`);
    await mark(field, await answer.blob(), evidence);
  } catch (error) {
    console.error(error);
    field.say(NO_EDITOR);
  }
};

// Own photos that are sent can still be marked, until the draft is submitted.
const offerMarks = (field) => {
  if (placeOf(field.div).kind !== "photo") return;
  for (const one of field.list.querySelectorAll("[data-evidence]:not([data-markable])")) {
    one.dataset.markable = "";
    const { evidence } = one.dataset;
    const shown = one.dataset.shown ?? `/h5/evidence/${evidence}/shown`;
    const row = one.querySelector(".evidence-buttons") ?? one.appendChild(element("div", { className: "evidence-buttons" }));
    row.prepend(button("标注", () => markSent(field, shown, evidence)));
  }
};

class Field {
  constructor(div) {
    this.div = div;
    div.dataset.taken = "";
    this.lines = new Map(); // of files on the phone, by their id
    this.list = div.querySelector(".evidence-files") ?? element("ul", { className: "evidence-files" });
    this.problem = element("p", { className: "evidence-problem", role: "alert" });
    this.ways = element("div", { className: "evidence-ways" });
    this.ways.append(...ways(div, (chosen) => this.take(chosen), (text) => this.say(text)));
    div.querySelectorAll(".evidence-plain").forEach((one) => { one.hidden = true; });
    div.append(this.list, this.ways, this.problem);
    offerMarks(this);
  }

  say(text) { this.problem.textContent = text; }

  get room() {
    return Number(this.div.dataset.most ?? Infinity) - this.list.children.length - state.preparing;
  }

  async take(chosen, marks = "") {
    this.say("");
    const fitting = marks ? chosen : chosen.slice(0, Math.max(0, this.room)); // a marked copy takes its original's room
    const left = chosen.length - fitting.length;
    if (left) this.say(`这里最多放 ${this.div.dataset.most} 个，多出的 ${left} 个没有添加，请先删去不需要的。`);
    const taking = fitting.map((file) => take(placeOf(this.div), file, marks));
    later();
    for (const sentence of await Promise.all(taking)) if (sentence) this.say(sentence);
    later();
  }

  // The lines of what is on the phone; `mine` is all that this member has there.
  show(mine) {
    const here = mine.filter((file) => belongs(file, placeOf(this.div)));
    for (const file of here) {
      if (!this.lines.has(file.id)) this.append(file);
      this.lines.get(file.id).update(file);
    }
    const still = new Set(here.map((file) => file.id));
    for (const id of this.lines.keys()) if (!still.has(id)) this.release(id)?.remove();
  }

  append(file) {
    const made = line(this, file);
    this.lines.set(file.id, made);
    this.list.append(made.made);
  }

  release(id) {
    const found = this.lines.get(id);
    this.lines.delete(id);
    found?.free();
    return found?.made;
  }

  // A marked copy takes the place of its original, or of an earlier copy of it.
  place(made) {
    const { evidence, marks } = made.dataset;
    const related = marks ? [...this.list.querySelectorAll(`[data-evidence="${marks}"], [data-marks="${marks}"]`)] : [];
    for (const one of related) if (one.dataset.evidence !== evidence) one.replaceWith(made);
    window.htmx?.process(made);
  }

  // A file was sent: the page's own line takes its place.
  sent(id, html) {
    const old = this.release(id);
    if (!old) return;
    const evidence = evidenceOf.get(id);
    const known = this.list.querySelector(`[data-evidence="${evidence}"]`);
    const made = known ? null : item(html, evidence);
    if (made) {
      old.replaceWith(document.adoptNode(made));
      this.place(made);
    } else old.remove();
    offerMarks(this);
  }
}

let drawing = Promise.resolve();

const show = async ({ id, item: html } = {}) => {
  if (id) for (const field of fields.values()) field.sent(id, html);
  const mine = await files();
  for (const field of fields.values()) field.show(mine);
  draw(mine, new Set([...fields.values()].flatMap((field) => [...field.lines.keys()])));
};

const later = (happened = {}) => { drawing = drawing.then(() => show(happened)).catch(console.error); };

const progress = (file) => { for (const field of fields.values()) field.lines.get(file.id)?.update(file); };

const takeOver = () => {
  for (const [div, field] of fields) {
    if (div.isConnected) offerMarks(field);
    else fields.delete(div);
  }
  const fresh = document.querySelectorAll(".evidence[data-attach]:not([data-taken])");
  for (const div of fresh) fields.set(div, new Field(div));
  if (fresh.length) later();
};

watch((happened) => (happened.progress ? progress(happened.progress) : later(happened)));
start();
takeOver();
later();
// Parts of the page are exchanged and added by others.
new MutationObserver(takeOver).observe(document.body, { childList: true, subtree: true });
