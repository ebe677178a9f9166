// From a file that was chosen to one that lies on the phone and waits: made smaller, hashed, written down.

import { sha256 } from "./hash.js";
import { MOST_BYTES } from "./limits.js";
import { add, prepared } from "./queue.js";
import { reduced } from "./reduce.js";

const TOO_LARGE = {
  photo: "照片太大了，最多 20 MB，请用手机相机的普通模式重拍。",
  video: "视频太大了，最多 50 MB，请拍短一些或降低画质后再添加。",
  voice: "录音太大了，最多 2 MB，请分成几段录。",
};
const EMPTY = "这个文件是空的，请重新拍摄或另选一个。";
const UNREADABLE = "这个文件读不出来，请重新拍摄或另选一个。";

export const id = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const refusal = (kind, blob) => {
  if (!blob.size) return EMPTY;
  return blob.size > MOST_BYTES[kind] ? TOO_LARGE[kind] : "";
};

const written = async (place, name, { blob, thumb, takenAt }, marks) => {
  const bytes = await blob.arrayBuffer(); // in memory once: a file of the gallery may be gone when it is its turn
  const kept = new Blob([bytes], { type: blob.type });
  await add({ ...place, name, blob: kept, thumb, takenAt, marks, sha256: await sha256(kept) });
};

const taken = async (place, file, marks) => {
  const found = place.kind === "photo" ? await reduced(file) : { blob: file, thumb: null, takenAt: null };
  const sentence = refusal(place.kind, found.blob);
  if (sentence) return sentence;
  await written({ ...place, id: file.recording ?? id() }, file.name ?? "", found, marks);
  return "";
};

const said = (error) => {
  console.error(error);
  return UNREADABLE;
};

// Of a <div class="evidence">.
export const placeOf = ({ dataset }) => ({
  draft: dataset.draft, finding: dataset.finding ?? "", kind: dataset.kind, attach: dataset.attach,
});

let last = Promise.resolve(); // one at a time: sixty photos at once would not fit into a phone's memory

// `place` is {draft, finding, kind, attach}; `marks` the id of the photo that was drawn on; a file
// with a `recording` has that id on the phone. Gives a sentence when it was
// not taken, or nothing.
export const take = (place, file, marks = "") => {
  last = prepared(last.then(() => taken(place, file, marks)).catch(said));
  return last;
};
