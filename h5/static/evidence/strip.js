// The visible queue: what is sent, waiting and failed, of this member on this phone, whichever page it was taken on.

import { person, signIn } from "../page.js";
import { button, element } from "./element.js";
import { guard } from "./guard.js";
import { remove, retry, run, state } from "./queue.js";
import { recover } from "./slices.js";

const told = element("p", { className: "queue-said", role: "status" });
const held = element("p", { className: "queue-held", role: "alert" });
const broken = element("p", { className: "queue-broken", role: "status" });
const login = element("a", { className: "weui-btn weui-btn_mini weui-btn_primary", href: signIn(), hidden: true }, "重新登录");
const failures = element("ul", { className: "queue-failures" });
const strip = element("section", { className: "queue", "aria-label": "上传进度", hidden: true }, told, broken, held, login, failures);

export const KINDS = { photo: "照片", video: "视频", voice: "录音" };

const counted = (waiting, failed) => {
  const unit = [...waiting, ...failed].every((file) => file.kind === "photo") && state.onlyPhotos ? "张" : "个";
  return [["正在处理", state.preparing], ["已传", state.sent], ["等待", waiting.length], ["失败", failed.length]]
    .filter(([, count]) => count)
    .map(([word, count]) => `${word} ${count} ${unit}`)
    .join("，");
};

const sentence = (waiting, failed) => {
  const counts = counted(waiting, failed);
  if (state.expired) return `登录已过期，请重新登录后继续上传，手机里的都还在。${counts}`;
  if (state.passing && waiting.length) return `${counts}，这个窗口不能保存文件，传完之前请不要离开`;
  if (!navigator.onLine) return `离线，联网后自动上传。${counts}`;
  return waiting.length || failed.length || state.preparing || !state.sent ? counts : `${counts}，全部传完`;
};

// What will not be taken can still be had: a web view's camera puts nothing into the gallery.
export const save = (file) => {
  const link = element("a", { className: "weui-btn weui-btn_mini weui-btn_default", role: "button" }, "保存到手机");
  link.addEventListener("click", () => {
    link.href = URL.createObjectURL(file.blob);
    link.download = file.name || KINDS[file.kind];
  });
  link.href = "#";
  return link;
};

const failure = (file) => element("li", { className: "queue-failure" },
  element("p", {}, `${KINDS[file.kind]}没有传成。${file.sentence}`),
  save(file),
  file.final ? "" : button("重试", () => retry(file.id)),
  button("删除", () => remove(file.id)));

let shown = "";

// `here` are the files that the page shows itself, with their own buttons.
export const draw = (mine, here) => {
  if (!strip.isConnected) document.getElementById("page").prepend(strip);
  const failed = mine.filter((file) => file.state === "failed");
  const waiting = mine.filter((file) => file.state === "waiting");
  strip.hidden = !(mine.length || state.sent || state.preparing || !navigator.onLine);
  const text = sentence(waiting, failed);
  if (told.textContent !== text) told.textContent = text;
  login.hidden = !state.expired;
  if (!mine.length && !state.preparing) held.textContent = "";
  const elsewhere = failed.filter((file) => !here.has(file.id));
  const ids = elsewhere.map((file) => file.id + file.sentence).join();
  if (ids !== shown) failures.replaceChildren(...elsewhere.map(failure));
  shown = ids;
};

export const start = () => {
  if (!person) return;
  guard((text) => {
    held.textContent = text;
    strip.hidden = false;
    held.scrollIntoView({ block: "center" });
  });
  run();
  recover((seconds) => {
    broken.textContent = `上次的录音没有录完就中断了，已保留前 ${seconds} 秒；不够的请再录一段。`;
  }).catch(console.error);
};
