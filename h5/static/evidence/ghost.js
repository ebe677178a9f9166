// A photo from the same place as an earlier one: the earlier photo lies half transparent over what the camera sees.

import { button, element } from "./element.js";
import { jpeg } from "./reduce.js";

const CAMERA = { audio: false, video: { facingMode: "environment", width: { ideal: 2560 }, height: { ideal: 1440 } } };

const shot = async (video) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext("2d").drawImage(video, 0, 0);
  return new File([await jpeg(canvas)], "对照.jpg", { type: "image/jpeg" });
};

const chosen = () => new Promise((done) => {
  const input = element("input", { type: "file", accept: "image/*", capture: "environment" });
  input.addEventListener("change", () => done(input.files[0] ?? null));
  input.addEventListener("cancel", () => done(null));
  input.click();
});

const camera = async () => {
  try {
    return await navigator.mediaDevices.getUserMedia(CAMERA);
  } catch {
    return null; // not given, or there is none
  }
};

const screen = (stream, address) => {
  const video = element("video", { autoplay: true, muted: true, playsInline: true, className: "ghost-camera", srcObject: stream });
  const earlier = element("img", { src: address, alt: "整改前的照片", className: "ghost-earlier" });
  const strength = element("input", { type: "range", min: 0, max: 100, value: 50, "aria-label": "原照片的深浅",
    oninput: () => { earlier.style.opacity = strength.value / 100; } });
  const dialog = element("dialog", { className: "ghost", "aria-label": "对照原照片拍" },
    element("div", { className: "ghost-view" }, video, earlier), strength,
    element("div", { className: "markup-bar" },
      button("取消", () => dialog.close()), button("拍照", () => dialog.close("done"), "markup-done")));
  return { dialog, video };
};

// The photo as a file; null when it was given up. Where no camera is given to pages, the phone's own camera opens.
export const photographed = async (address) => {
  const stream = await camera();
  if (!stream) return chosen();
  const { dialog, video } = screen(stream, address);
  document.body.append(dialog);
  dialog.showModal();
  await new Promise((done) => dialog.addEventListener("close", done));
  const photo = dialog.returnValue === "done" ? await shot(video) : null;
  stream.getTracks().forEach((track) => track.stop());
  dialog.remove();
  return photo;
};
