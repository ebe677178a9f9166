// What is said lies on the phone slice by slice while it is recorded. What is left of a recording whose page died is put
// together when a page is opened again: once, and never while its own page still records.

import { person } from "../page.js";
import { forget, keepSlice, slices } from "./store.js";
import { id, take } from "./taking.js";

const lock = (recording) => `zhian-recording-${recording}`;

export const recordingOf = (recording, parts, type) => Object.assign(new File(parts, "录音", { type }), { recording });

// Of one recording that begins now: {recording, add, written, over}. Without locks, or where the phone has no room, no
// slices are kept from then on: what is there would have a gap, or might be taken while it goes on.
export const slicing = (place) => {
  const recording = id();
  const began = performance.now();
  let [mine, whole, count, last, end] = [false, true, 0, Promise.resolve(), null];
  const ended = new Promise((done) => { end = done; });
  navigator.locks?.request(lock(recording), () => { mine = true; return ended; }).catch(console.error);
  const write = async (blob, type, seconds) => {
    if (!whole || !blob.size) return;
    const slice = { id: [recording, count], of: { ...place, person }, type, seconds, blob };
    whole = mine && Boolean(await keepSlice(slice));
    count += 1;
  };
  return {
    recording,
    add: (blob, type) => {
      const seconds = Math.max(1, Math.floor((performance.now() - began) / 1000));
      last = last.then(() => write(blob, type, seconds)).catch((error) => { whole = false; console.error(error); });
    },
    written: () => last,
    over: () => forget(recording).catch(console.error).finally(end),
  };
};

// The first slice of an MP4 is its head only.
const silent = ([{ type }, ...more]) => !more.length && type.includes("mp4");

const recovered = async (recording, tell) => {
  const found = await slices(recording);
  if (!found.length) return; // it ended as it should, or another window was here first
  if (silent(found)) {
    await forget(recording);
    return;
  }
  const { of, type, seconds } = found.at(-1);
  const file = recordingOf(recording, found.map(({ blob }) => blob), type);
  const refused = await take({ ...of, interrupted: seconds }, file);
  if (refused) console.error(refused);
  else tell(seconds);
  // What the phone has no room for lies in this page only: no other takes the slices as long as it is there.
  if ((await slices(recording)).length) await new Promise(() => {});
};

// `tell` is given how many seconds there are of a recording that was interrupted, when it lies on the phone like others.
export const recover = async (tell) => {
  const found = (await slices()).filter(({ of }) => of.person === person);
  for (const recording of new Set(found.map((slice) => slice.id[0]))) {
    navigator.locks?.request(lock(recording), () => recovered(recording, tell)).catch(console.error);
  }
};
