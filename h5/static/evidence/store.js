// Every taken file lies on the phone before anything is sent, and leaves it only when the service says that it is kept.
// A file belongs to the person who took it: another person signed in on the same phone neither sees nor sends it.

import { openDB } from "../idb.js";
import { OPENING } from "./limits.js";

const held = new Map(); // what the phone has no room for, or keeps nothing of: gone with the page

const late = () => new Promise((_, failed) => {
  window.setTimeout(() => failed(new Error("IndexedDB does not open")), OPENING * 1000);
});

const database = async () => openDB("zhian", 1, {
  upgrade: (made) => { made.createObjectStore("files", { keyPath: "id" }).createIndex("person", "person"); },
  blocking: (_, __, { target }) => { opened = null; target.close(); }, // thrown away in another window
  terminated: () => { opened = null; },
});

let opened = null;

// Nothing where the browser keeps nothing for the page: a private window, or a frame of another site. Some browsers
// close what is open under a page that slept, so it is opened again, once.
const found = () => {
  opened ??= Promise.race([database(), late()]).catch((error) => { console.info(error); });
  return opened;
};

const closed = (error) => ["InvalidStateError", "UnknownError"].includes(error.name);

const onPhone = async (work) => {
  const first = await found();
  try {
    return first && await work(first);
  } catch (error) {
    if (!closed(error)) throw error;
    opened = null;
    const again = await found();
    return again && work(again);
  }
};

// Whether there are files that are gone with the page, and whether all that come would be.
export const holding = () => held.size > 0;
export const passing = async () => held.size > 0 || !(await found());

// A slice of a recording under way: {id: [recording, number], of: {person, draft, finding, kind, attach}, type, seconds,
// blob}. It has no person of its own, so that nobody takes it for a file; the file with the recording's id takes the place of its slices.
const slicesOf = (recording) => IDBKeyRange.bound([recording], [recording, []]);
const EVERY = IDBKeyRange.lowerBound([]);

export const slices = async (recording) =>
  await onPhone((phone) => phone.getAll("files", recording ? slicesOf(recording) : EVERY)) ?? [];

// Nothing where the phone keeps nothing. Throws when it is full.
export const keepSlice = (slice) => onPhone((phone) => phone.put("files", slice));

export const forget = (recording) => onPhone((phone) => phone.delete("files", slicesOf(recording)));

const put = (phone, file) => {
  const { store, done } = phone.transaction("files", "readwrite");
  return Promise.all([store.delete(slicesOf(file.id)), store.put(file), done]);
};

// A file: {id, person, draft, finding, kind, name, blob, thumb, sha256, takenAt, attach}; `marks` is the id of what it was
// drawn on; `state` is waiting or failed (with a `sentence`; `final` when no other try can help); `upload` is where its bytes go, `evidence` what they became; `interrupted`
// is how many seconds there are of a recording that never ended.
export const keep = async (file) => {
  try {
    if (await onPhone((phone) => put(phone, file))) return;
  } catch (error) {
    console.error(error);
  }
  held.set(file.id, file);
};

// False for a file that is not there any more.
export const change = async (id, changes) => {
  if (held.has(id)) {
    held.set(id, { ...held.get(id), ...changes });
    return true;
  }
  return Boolean(await onPhone(async (phone) => {
    const transaction = phone.transaction("files", "readwrite");
    const file = await transaction.store.get(id);
    if (file) await transaction.store.put({ ...file, ...changes });
    await transaction.done;
    return file;
  }));
};

export const drop = async (id) => {
  if (held.delete(id)) await forget(id).catch(console.error);
  else await onPhone((phone) => phone.delete("files", id));
};

export const all = async (person) => {
  const kept = await onPhone((phone) => phone.getAllFromIndex("files", "person", person)) ?? [];
  const files = [...kept, ...[...held.values()].filter((file) => file.person === person)];
  return files.sort((one, other) => one.order - other.order);
};
