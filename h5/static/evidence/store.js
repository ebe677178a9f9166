// Every taken file lies on the phone before anything is sent, and leaves it only when the service says that it is kept.
// A file belongs to the person who took it: another person signed in on the same phone neither sees nor sends it.

import { openDB } from "../idb.js";

const opened = openDB("zhian", 1, {
  upgrade: (database) => {
    database.createObjectStore("files", { keyPath: "id" }).createIndex("person", "person");
  },
});

// A file: {id, person, draft, finding, kind, name, blob, thumb, sha256, takenAt, attach}; `marks` is the id of what it was
// drawn on; `state` is waiting or failed (with a `sentence`); `upload` is where its bytes go, `evidence` what they became.
export const keep = async (file) => { await (await opened).put("files", file); };

export const change = async (id, changes) => {
  const transaction = (await opened).transaction("files", "readwrite");
  const file = await transaction.store.get(id);
  if (file) await transaction.store.put({ ...file, ...changes });
  await transaction.done;
};

export const drop = async (id) => { await (await opened).delete("files", id); };

export const all = async (person) => {
  const files = await (await opened).getAllFromIndex("files", "person", person);
  return files.sort((one, other) => one.order - other.order);
};
