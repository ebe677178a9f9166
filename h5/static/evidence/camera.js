// The ways to a photo, a video or a voice note; every one hands files to `take`.

import { button, element } from "./element.js";
import { chosen, inside } from "./inside.js";
import { state } from "./queue.js";
import { placeOf } from "./taking.js";
import { canRecord, record } from "./voice.js";

const WAYS = {
  photo: [["拍照", { accept: "image/*", capture: "environment" }], ["从相册选", { accept: "image/*", multiple: true }]],
  video: [["拍视频", { accept: "video/*", capture: "environment" }], ["选视频", { accept: "video/*", multiple: true }]],
  voice: [["选录音文件", { accept: "audio/*", multiple: true }]],
};
const NO_MICROPHONE = "没有打开麦克风，请在手机设置里允许使用麦克风，或点“选录音文件”。";
const NO_PERMISSION = "没有打开相机，请在手机设置里允许使用相机，或点“拍照”，尽量站在原来的位置拍摄。";
const NO_GHOST = "这里不能对照原照片，请点“拍照”，尽量站在原来的位置拍摄。";
const NO_CAMERA = "企业微信的相机没有打开，请再点一次，改用手机自带的相机或相册。";

let wecom = null;
inside().then((found) => { wecom = found; });

// Inside WeCom a tap opens its own camera or album; when that fails, the next tap opens the phone's.
const byWeCom = (event, source, take, say) => {
  if (!wecom) return;
  event.preventDefault();
  chosen(wecom, source).then(take).catch((error) => {
    if (/cancel/.test(error.errMsg)) return;
    console.error(error);
    wecom = null;
    say(NO_CAMERA);
  });
};

const chooser = ([caption, properties], take, say) => {
  const input = element("input", { type: "file", className: "evidence-input", ...properties });
  for (const name of ["input", "change"]) input.addEventListener(name, (event) => event.stopPropagation()); // the form's answers are others
  input.addEventListener("change", () => {
    take([...input.files]);
    input.value = ""; // the same file may be chosen again
  });
  if (properties.accept === "image/*") {
    input.addEventListener("click", (event) => byWeCom(event, properties.capture ? "camera" : "album", take, say));
  }
  return element("label", { className: "weui-btn weui-btn_mini weui-btn_default evidence-way" }, input, caption);
};

const recorder = (div, take, say) => {
  let recording = null;
  const caption = (seconds) => `停止录音（${seconds} 秒）`;
  const toggle = async () => {
    if (recording) return recording.stop();
    made.disabled = true; // while the reader is asked for the microphone
    try {
      recording = await record(placeOf(div), (seconds) => { made.textContent = caption(seconds); });
    } catch {
      return say(NO_MICROPHONE);
    } finally {
      made.disabled = false;
    }
    made.textContent = caption(0);
    made.classList.add("evidence-recording");
    state.recording += 1;
    take([await recording.recorded]).finally(recording.over);
    state.recording -= 1;
    recording = null;
    made.textContent = "录音";
    made.classList.remove("evidence-recording");
  };
  const made = button("录音", toggle, "evidence-way");
  return made;
};

// Where no camera is given to the page, the ordinary one opens; some browsers want another tap for that.
const ghost = (addresses, ordinary, take, say) => {
  let open = false;
  const compare = async () => {
    say("");
    try {
      const { photographedOver } = await import("./ghost.js");
      const photo = await photographedOver(addresses);
      if (photo) take([photo]);
    } catch (error) {
      console.info(error); // refused, taken by another app, or there is none
      say(error.name === "NotAllowedError" ? NO_PERMISSION : NO_GHOST);
      ordinary.click();
    }
  };
  return button("对照原照片拍摄", async () => {
    if (open) return; // a second tap would open a second camera
    open = true;
    await compare();
    open = false;
  }, "evidence-way");
};

// Buttons for a <div class="evidence">: `take(files)` takes what was chosen, `say(sentence)` tells what went wrong.
export const ways = (div, take, say) => {
  const { kind, ghost: compared } = div.dataset;
  const made = (WAYS[kind] ?? []).map((way) => chooser(way, take, say));
  if (kind === "voice" && canRecord()) made.unshift(recorder(div, take, say));
  if (kind === "photo" && compared && navigator.mediaDevices?.getUserMedia) {
    made.unshift(ghost(compared.split(" "), made[0], take, say));
  }
  return made;
};
