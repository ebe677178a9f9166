// What a member types into a draft stays on the phone until the service has it. Written at once and without waiting, so
// that a dead battery loses nothing; under the person's id, so that nobody else on this phone sees it.

import { person } from "./page.js";

const prefix = (draft) => `zhian/kept/${person}/${draft}/`;

const storage = (work) => {
  try {
    return work(window.localStorage);
  } catch {
    return null; // switched off or full: the page works without it
  }
};

export const keep = (draft, question, value) => {
  storage((kept) => kept.setItem(prefix(draft) + question, value));
};

// Every answer of a draft that is not confirmed yet, by question.
export const kept = (draft) => storage((all) => Object.fromEntries(
  Object.keys(all)
    .filter((key) => key.startsWith(prefix(draft)))
    .map((key) => [key.slice(prefix(draft).length), all.getItem(key)]),
)) ?? {};

// The service has this value. What was typed since then stays.
export const confirmed = (draft, question, value) => {
  storage((all) => all.getItem(prefix(draft) + question) === value && all.removeItem(prefix(draft) + question));
};

// The draft is submitted or thrown away.
export const forget = (draft) => {
  for (const question of Object.keys(kept(draft))) storage((all) => all.removeItem(prefix(draft) + question));
};
