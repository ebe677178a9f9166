// Every taken file lies on the phone before anything is sent, and leaves it only when the service says that it is kept.
// A file belongs to the person who took it: another person signed in on the same phone neither sees nor sends it.

import { openDB } from "../idb.js";

const database = async () => openDB("zhian", 1, {
  upgrade: (made) => { made.createObjectStore("files", { keyPath: "id" }).createIndex("person", "person"); },
});

const onPhone = (found) => ({
  put: (file) => found.put("files", file),
  change: async (id, changes) => {
    const transaction = found.transaction("files", "readwrite");
    const file = await transaction.store.get(id);
    if (file) await transaction.store.put({ ...file, ...changes });
    await transaction.done;
  },
  drop: (id) => found.delete("files", id),
  of: (person) => found.getAllFromIndex("files", "person", person),
});

const inPage = (error) => {
  console.info(error); // a private window, or a frame of another site
  const held = new Map();
  return {
    passing: true,
    put: (file) => { held.set(file.id, file); },
    change: (id, changes) => { if (held.has(id)) held.set(id, { ...held.get(id), ...changes }); },
    drop: (id) => { held.delete(id); },
    of: (person) => [...held.values()].filter((file) => file.person === person),
  };
};

const opened = database().then(onPhone, inPage);

// Whether files are gone with the page, because the browser keeps nothing for it.
export const passing = async () => Boolean((await opened).passing);

// A file: {id, person, draft, finding, kind, name, blob, thumb, sha256, takenAt, attach}; `marks` is the id of what it was
// drawn on; `state` is waiting or failed (with a `sentence`); `upload` is where its bytes go, `evidence` what they became.
export const keep = async (file) => { await (await opened).put(file); };

export const change = async (id, changes) => { await (await opened).change(id, changes); };

export const drop = async (id) => { await (await opened).drop(id); };

export const all = async (person) => {
  const files = await (await opened).of(person);
  return files.sort((one, other) => one.order - other.order);
};
