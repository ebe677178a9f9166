// What was typed into a draft without a network, before somebody else took its step, follows into it now, so that it can
// be read with the rest; what cannot be kept there is shown as it lies on this phone.

import { csrf, person } from "./page.js";

const page = document.getElementById("page");
const address = `/h5/drafts/${page.dataset.draft}/answers/`;
const PREFIX = `zhian/draft/${person}/${page.dataset.draft}/`;
const WAS = /^was-|-was$/;

const kept = () => {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  } catch {
    return []; // switched off
  }
};

const read = (key) => {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? [];
  } catch {
    return [];
  }
};

const sent = async (key) => {
  const body = new URLSearchParams([...read(key), ["csrf", csrf()]]);
  const headers = { "HX-Request-Type": "partial" };
  const answer = await fetch(address + key.slice(PREFIX.length), { method: "POST", body, headers });
  if (answer.status !== 200) return false;
  localStorage.removeItem(key);
  return true;
};

const show = (keys) => {
  const words = keys.flatMap(read).filter(([name, value]) => value && !WAS.test(name)).map(([, value]) => value);
  const box = document.getElementById("unsent");
  box.hidden = !words.length;
  box.querySelector("p").textContent = words.join("\n");
};

const follow = async () => {
  const done = [];
  for (const key of kept()) done.push(await sent(key).catch(() => false));
  if (done.includes(true)) location.reload();
  else show(kept());
};

// It goes with the draft.
document.querySelector(".discard form").addEventListener("submit", () => {
  for (const key of kept()) localStorage.removeItem(key);
});

follow();
