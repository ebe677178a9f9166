// A photo from the same place as an earlier one: the earlier photo lies half transparent over what the camera sees.

import { button, element } from "./element.js";
import { jpeg } from "./reduce.js";

const CAMERA = { audio: false, video: { facingMode: "environment", width: { ideal: 2560 }, height: { ideal: 1440 } } };

const shot = async (video) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext("2d").drawImage(video, 0, 0);
  return new File([await jpeg(canvas)], "对照.jpg", { type: "image/jpeg" });
};

const another = (earlier, addresses) => {
  let shown = 0;
  return button("换一张原照片", () => {
    shown = (shown + 1) % addresses.length;
    earlier.src = addresses[shown];
  });
};

const screen = (stream, addresses) => {
  const take = button("拍照", () => dialog.close("done"), "markup-done");
  take.disabled = true; // until there is something to see
  const video = element("video", { autoplay: true, muted: true, playsInline: true, className: "ghost-camera",
    onloadeddata: () => { take.disabled = false; }, srcObject: stream });
  const earlier = element("img", { src: addresses[0], alt: "整改前的照片", className: "ghost-earlier" });
  const strength = element("input", { type: "range", min: 0, max: 100, value: 50, className: "ghost-strength",
    "aria-label": "原照片的深浅", oninput: () => { earlier.style.opacity = strength.value / 100; } });
  const dialog = element("dialog", { className: "ghost", "aria-label": "对照原照片拍摄" },
    element("div", { className: "ghost-view" }, video, earlier), strength,
    element("div", { className: "markup-bar" }, button("取消", () => dialog.close()),
      ...(addresses.length > 1 ? [another(earlier, addresses)] : []), take));
  return { dialog, video };
};

const photographed = async (stream, addresses) => {
  const { dialog, video } = screen(stream, addresses);
  document.body.append(dialog);
  dialog.showModal();
  await new Promise((done) => dialog.addEventListener("close", done));
  try {
    return dialog.returnValue === "done" ? await shot(video) : null;
  } finally {
    dialog.remove();
  }
};

// The photo as a file; null when it was given up. Throws when no camera is given to the page.
export const photographedOver = async (addresses) => {
  const stream = await navigator.mediaDevices.getUserMedia(CAMERA);
  try {
    return await photographed(stream, addresses);
  } finally {
    stream.getTracks().forEach((track) => track.stop());
  }
};
