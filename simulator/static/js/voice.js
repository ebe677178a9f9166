import { h, svg } from "./dom.js";

let playing = null;

function stop() {
  playing?.audio.pause();
  playing?.node.classList.remove("playing");
  playing = null;
}

function play(node, address) {
  const audio = new Audio(address);
  playing = { node, audio };
  node.classList.add("playing");
  audio.addEventListener("ended", stop);
  audio.play().catch(stop);
}

function toggle(node, address) {
  const again = playing?.node === node;
  stop();
  if (!again) play(node, address);
}

const WAVES = ["M6 10a3 3 0 0 1 0 4", "M9.5 7.5a6.5 6.5 0 0 1 0 9", "M13 5a10 10 0 0 1 0 14"];

function waves() {
  return svg("svg", { class: "waves", viewBox: "0 0 20 24", "aria-hidden": "true" }, WAVES.map((d) => svg("path", { d })));
}

/** As long as WeCom draws it: the bubble grows with the seconds. */
export function voiceBubble(address, seconds) {
  const text = h("span", {}, seconds ? `${Math.round(seconds)}"` : "");
  const node = h(
    "button",
    { class: "bubble bubble-voice", type: "button", "aria-label": seconds ? `播放语音，${Math.round(seconds)}秒` : "播放语音", onclick: () => toggle(node, address) },
    waves(),
    text,
  );
  const lengthen = (length) => node.style.setProperty("--length", Math.min(60, length));
  if (seconds) lengthen(seconds);
  else measure(address, (length) => {
    text.textContent = `${Math.round(length)}"`;
    lengthen(length);
  });
  return node;
}

function measure(address, tell) {
  const audio = new Audio();
  audio.preload = "metadata";
  audio.addEventListener("loadedmetadata", () => tell(audio.duration));
  audio.src = address;
}
