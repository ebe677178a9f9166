// A photo from the same place as an earlier one: the earlier photo lies half transparent over what the camera sees.

import { button, element } from "./element.js";
import { filled } from "./filling.js";
import { prepared } from "./queue.js";
import { jpeg } from "./reduce.js";

const CAMERA = { audio: false, video: { facingMode: "environment", width: { ideal: 2560 }, height: { ideal: 1440 } } };

// It says itself when it was taken: a canvas writes nothing of the kind into the file.
const shot = async (video) => {
  const takenAt = new Date().toISOString();
  const canvas = Object.assign(document.createElement("canvas"), { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext("2d").drawImage(video, 0, 0);
  const made = await jpeg(canvas);
  if (!made) throw new Error("The camera gave no picture.");
  return Object.assign(new File([made], "对照.jpg", { type: "image/jpeg" }), { takenAt });
};

const another = (earlier, addresses) => {
  let shown = 0;
  return button("换一张原照片", () => {
    shown = (shown + 1) % addresses.length;
    earlier.src = addresses[shown];
  });
};

// X5 would lay the video over everything, the earlier photo too.
const viewfinder = (stream) => element("video", { muted: true, playsInline: true, "x5-video-player-type": "h5-page",
  className: "ghost-camera", srcObject: stream });

const screen = (video, addresses, shoot) => {
  const take = button("拍照", shoot, "markup-done");
  take.disabled = true; // until there is something to see
  video.addEventListener("playing", () => { take.disabled = false; });
  const earlier = element("img", { src: addresses[0], alt: "整改前的照片", className: "ghost-earlier" });
  const strength = element("input", { type: "range", min: 0, max: 100, value: 50, className: "ghost-strength",
    "aria-label": "原照片的深浅", oninput: () => { earlier.style.opacity = strength.value / 100; } });
  const dialog = element("dialog", { className: "ghost", "aria-label": "对照原照片拍摄" },
    element("div", { className: "ghost-view" }, video, earlier), strength,
    element("div", { className: "markup-bar" }, button("取消", () => dialog.close()),
      ...(addresses.length > 1 ? [another(earlier, addresses)] : []), take));
  return dialog;
};

const stopped = (stream) => stream.getTracks().forEach((track) => track.stop());

const photographed = async (stream, addresses, signal) => {
  let photo = null;
  let lost = null;
  const close = (error = null) => {
    lost = error;
    dialog.close();
  };
  const video = viewfinder(stream);
  const dialog = screen(video, addresses, () => {
    photo = shot(video); // before it closes: some browsers have no picture of a video that is not seen
    dialog.close();
  });
  const closed = filled(dialog);
  video.play().catch(close);
  for (const track of stream.getTracks()) {
    track.addEventListener("ended", () => close(new Error("The camera was taken away.")), { signal });
  }
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return;
    stopped(stream); // at once: what waits for its turn may wait until the page is seen again
    close();
  }, { signal });
  await closed;
  if (lost) throw lost;
  return photo;
};

// The photo as a file; null when it was given up, or the page was left. Throws when no camera is given to the page.
export const photographedOver = async (addresses) => {
  const stream = await navigator.mediaDevices.getUserMedia(CAMERA);
  const until = new AbortController();
  try {
    return await prepared(photographed(stream, addresses, until.signal));
  } finally {
    until.abort();
    stopped(stream);
  }
};
