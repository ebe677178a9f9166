// A draft is not submitted while files for it are still on this phone: they would come too late. The page is not left for
// another while a photo is not yet kept even here: it would be lost.

import { files, state, watch } from "./queue.js";

const DRAFT = /^\/h5\/drafts\/([^/]+)/;
let mine = [];

const look = async () => { mine = await files(); };

const submits = ({ target, submitter }) => submitter?.value === "submit" || target.action.endsWith("/submit");

const pending = (form) => {
  const draft = DRAFT.exec(new URL(form.action).pathname)?.[1];
  return mine.filter((file) => file.draft === draft);
};

const PREPARING = "照片正在处理，请稍等，全部传完后再提交。";

const RECORDING = "还在录音，请先停止录音，传完后再提交。";
const WAIT = "照片正在处理，请稍等，处理完会自动打开下一页。";

const sentence = (left) => {
  const failed = left.filter((file) => file.state === "failed");
  const remedy = failed.every((file) => file.final) ? "删除" : "重试或删除";
  if (failed.length) return `还有 ${failed.length} 个文件没有传成，请在下面${remedy}，然后再提交。`;
  return `还有 ${left.length} 个文件没有传完，请等全部传完后再提交；没有网络时先保存在手机里，联网后会自动上传。`;
};

const held = (left) => {
  if (state.recording) return RECORDING;
  return left.length ? sentence(left) : PREPARING;
};

// `say` is given what holds a submission back.
export const guard = (say) => {
  watch(({ progress }) => { if (!progress) look().catch(console.error); });
  look().catch(console.error);
  document.addEventListener("submit", (event) => {
    if (!submits(event)) return;
    const left = pending(event.target);
    if (!left.length && !state.preparing && !state.recording) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    say(held(left));
  }, { capture: true });
  let onward = null;
  const later = (event, go) => {
    if (event.defaultPrevented || !state.preparing) return;
    event.preventDefault();
    onward = go;
    say(WAIT);
  };
  watch(() => {
    if (state.preparing || !onward) return;
    const go = onward;
    onward = null;
    go();
  });
  window.addEventListener("submit", (event) => later(event, () => event.target.requestSubmit(event.submitter)));
  window.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (link && link.target !== "_blank" && !link.getAttribute("href").startsWith("#")) later(event, () => link.click());
  });
};
