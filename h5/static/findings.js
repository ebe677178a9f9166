// A new finding is begun on the phone, also without a network: the service hears of it with its first photo or word.
// What it does not know yet is on the page again after a reload, and after the page's list was exchanged.

import { shown } from "./shown.js";

const queue = () => shown.then(() => import("./evidence/queue.js"));
shown.then(() => import("./projects/place.js")).catch(console.error); // at hand where there is no network

const capture = () => document.getElementById("capture");
const known = (key) => document.getElementById(`finding-${key}`);
const OWN = /^c[0-9a-f]{8,32}$/;

const fresh = () => `c${[...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;

const named = (block, key) => {
  for (const one of [block, ...block.querySelectorAll("*")]) {
    for (const attribute of one.attributes) attribute.value = attribute.value.replaceAll("KEY", key);
  }
  return block;
};

// No more are begun than one check may hold.
const full = () => {
  const most = Number(capture().dataset.most);
  const held = capture().children.length >= most;
  document.getElementById("capture-add").hidden = held;
  document.getElementById("capture-full").hidden = !held;
};

const add = (key) => {
  const block = named(document.getElementById("capture-new").content.firstElementChild.cloneNode(true), key);
  capture().append(block);
  block.querySelector(".finding-count").textContent = capture().children.length;
  document.getElementById("capture-add").textContent = "再记一条问题";
  document.getElementById(`said-${capture().dataset.question}`).textContent = "";
  full();
  window.htmx?.process(block);
  return block;
};

const announce = () => document.dispatchEvent(new Event("htmx:after:swap"));

const typed = () => {
  const { draft } = document.getElementById("draft").dataset;
  try {
    return JSON.parse(localStorage.getItem(`zhian/draft/${draft}/${capture().dataset.question}`)) ?? [];
  } catch {
    return []; // switched off
  }
};

const begunHere = () => {
  const pattern = new RegExp(`^${capture().dataset.question}-(c[0-9a-f]+)-note$`);
  return typed().map(([name]) => pattern.exec(name)?.[1]).filter(Boolean);
};

const restore = (keys) => {
  const missing = [...new Set(keys)].filter((key) => OWN.test(key) && !known(key));
  missing.forEach(add);
  if (missing.length) announce();
};

const restoreQueued = async () => {
  const { draft } = capture().dataset;
  const { files } = await queue();
  const mine = await files();
  restore(mine.filter((file) => file.draft === draft).map((file) => file.finding));
};

const forget = async (key) => {
  const { files, remove } = await queue();
  const mine = await files();
  for (const file of mine.filter((one) => one.finding === key)) await remove(file.id);
};

document.addEventListener("click", (event) => {
  if (event.target.closest("#capture-add")) {
    event.preventDefault();
    const block = add(fresh());
    announce();
    block.scrollIntoView({ block: "start" });
    block.querySelector("textarea").dispatchEvent(new Event("input", { bubbles: true }));
  }
  const gone = event.target.closest(".finding-remove");
  if (!gone) return;
  if (window.confirm("删除这条问题？它的照片、录音和说明会一起删除。")) {
    forget(gone.closest("[data-finding]").dataset.finding).catch(console.error);
  } else {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, { capture: true });

if (capture()) {
  const again = () => restoreQueued().catch(console.error);
  restore(begunHere());
  again();
  document.addEventListener("htmx:after:swap", again);
  queue().then(({ watch }) => watch(({ progress }) => progress || again())).catch(console.error); // a recording that was interrupted
}
