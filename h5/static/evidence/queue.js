// Sends what lies on the phone, one file after the other, and leaves each there until the service says that it is kept
// and belongs to its finding. Whatever breaks off is tried again, with growing pauses and when the network is back.

import { person, renew } from "../page.js";
import { PAUSES } from "./limits.js";
import { Trouble, attached, uploaded } from "./sending.js";
import { all, change, drop, holding, keep, passing } from "./store.js";

const watchers = new Set();
const elsewhere = "BroadcastChannel" in window ? new BroadcastChannel("zhian-files") : null;

// What the page shows: `preparing` are being taken, drawn on or made smaller, `recording` are under way, `sent` since it was opened, `expired` when somebody has to sign in before anything can be sent, `passing` when what waits is gone with the page.
export const state = { preparing: 0, recording: 0, sent: 0, onlyPhotos: true, expired: false, passing: false, sending: "", fraction: 0 };
export const evidenceOf = new Map(); // of files sent while this page is open, by their id on the phone

let running = false;
let wanted = false; // something was added while the last one was on its way
let tries = 0;
let timer = 0;

const tell = (happened = {}) => watchers.forEach((watcher) => watcher(happened));
const tellAll = () => {
  tell();
  elsewhere?.postMessage({ person });
};
// Holds a submission back until a picture is there, or was given up.
export const prepared = async (picture) => {
  state.preparing += 1;
  try {
    return await picture;
  } finally {
    state.preparing -= 1;
    tell();
  }
};
export const watch = (watcher) => { watchers.add(watcher); };
export const files = () => all(person);

// Counted, since a phone's clock may be set back.
const last = (of, name) => Math.max(0, ...of.map((file) => file[name]));

const next = async () => {
  const waiting = (await files()).sort((one, other) => one.turn - other.turn);
  const here = new Set(waiting.map((file) => file.id));
  // A marked copy names the original that the service has, so the original goes first.
  return waiting.find((file) => file.state === "waiting" && !here.has(file.marks));
};

// The marked copies of a file now name what it has become, or nothing.
const rename = async (id, marks) => {
  for (const file of await files()) if (file.marks === id) await change(file.id, { marks });
};

const finished = async (file, evidence, item) => {
  await rename(file.id, evidence);
  await drop(file.id);
  evidenceOf.set(file.id, evidence);
  state.sent += 1;
  state.onlyPhotos &&= file.kind === "photo";
  tries = 0;
  tell({ id: file.id, item });
  elsewhere?.postMessage({ person, id: file.id, evidence, item });
};

const send = async (file) => {
  state.sending = file.id;
  state.fraction = 0;
  tell();
  const progress = (fraction) => { state.fraction = fraction; tell({ progress: file }); };
  const evidence = file.evidence ?? await uploaded(file, progress);
  if (!(await change(file.id, { evidence }))) return; // deleted meanwhile
  await finished(file, evidence, await attached(file, evidence));
};

const pause = () => {
  window.clearTimeout(timer);
  timer = window.setTimeout(run, PAUSES[Math.min(tries, PAUSES.length - 1)] * 1000);
  tries += 1;
};

const expire = () => { state.expired = true; };

const renewed = async () => {
  try {
    return await renew();
  } catch {
    return true; // no network: it is asked again
  }
};

// False when nothing can be sent for now.
const recovered = async (file, trouble) => {
  if (trouble.remedy === "refused") {
    await change(file.id, { state: "failed", sentence: trouble.sentence, final: trouble.final });
    return true;
  }
  if (trouble.remedy === "sign in" || (trouble.remedy === "renew" && !(await renewed()))) expire();
  else if (trouble.remedy === "others first") await change(file.id, { turn: last(await files(), "turn") + 1 });
  if (!state.expired) pause();
  return false;
};

const sendAll = async () => {
  wanted = false;
  for (let file = await next(); file; file = await next()) {
    try {
      await send(file);
    } catch (error) {
      const trouble = error instanceof Trouble ? error : new Trouble("later");
      if (trouble !== error) console.error(error); // what no answer explains is not kept quiet
      if (!(await recovered(file, trouble))) return;
    }
  }
};

// Only one window sends at a time, where the browser can arrange it; the service takes nothing twice anyway.
const alone = async (work) => {
  if (state.passing || !navigator.locks) return work();
  return navigator.locks.request("zhian-sending", work);
};

export async function run() {
  wanted = true;
  if (running || state.expired || !person) return;
  running = true;
  window.clearTimeout(timer);
  try {
    state.passing = await passing();
    while (wanted && !state.expired) await alone(sendAll);
  } catch (error) { // the phone's own store, which may come back
    console.error(error);
    pause();
  } finally {
    running = false;
    state.sending = "";
    state.passing = await passing();
    tell();
  }
}

export const add = async (file) => {
  const before = await files();
  await keep({ ...file, person, state: "waiting", order: last(before, "order") + 1, turn: last(before, "turn") + 1 });
  state.passing = await passing();
  tellAll();
  run();
};

export const retry = async (id) => {
  // Refused bytes are not on the service any more.
  await change(id, { state: "waiting", sentence: "", upload: null });
  tellAll();
  run();
};

export const remove = async (id) => {
  await drop(id);
  await rename(id, "");
  tellAll();
};

document.addEventListener("visibilitychange", () => {
  if (document.hidden || !state.expired) return;
  state.expired = false; // perhaps signed in again in another window
  run();
});
window.addEventListener("online", () => { tries = 0; tell(); run(); });
window.addEventListener("offline", () => tell());
window.addEventListener("beforeunload", (event) => { if (holding() || state.preparing) event.preventDefault(); });
elsewhere?.addEventListener("message", ({ data }) => {
  if (data.person !== person) return;
  if (data.id) evidenceOf.set(data.id, data.evidence);
  tell(data.id ? { id: data.id, item: data.item } : {});
});
