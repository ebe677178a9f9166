// When a camera says that it took a JPEG. Read before a photo is made smaller, which drops it.

const ORIGINAL = 0x9003; // DateTimeOriginal, in the table that 0x8769 points to
const TAKEN = /^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)/;

const entry = (view, at, tag, little) => {
  const count = view.getUint16(at, little);
  for (let n = 0; n < count; n += 1) {
    const here = at + 2 + n * 12;
    if (view.getUint16(here, little) === tag) return here;
  }
  return null;
};

const written = (view, tiff) => {
  const little = view.getUint16(tiff) === 0x4949;
  const long = (at) => view.getUint32(at, little);
  const table = entry(view, tiff + long(tiff + 4), 0x8769, little);
  const date = table && entry(view, tiff + long(table + 8), ORIGINAL, little);
  if (!date) return "";
  const start = tiff + long(date + 8);
  return String.fromCharCode(...new Uint8Array(view.buffer, start, 19));
};

const segment = (view) => {
  let at = 2;
  while (at < view.byteLength - 10 && view.getUint8(at) === 0xff) {
    if (view.getUint16(at) === 0xffe1 && view.getUint32(at + 4) === 0x45786966) return at + 10;
    at += 2 + view.getUint16(at + 2);
  }
  return null;
};

// The phone's own zone is meant: cameras write no other.
export const takenAt = async (file) => {
  try {
    const view = new DataView(await file.slice(0, 128 * 1024).arrayBuffer());
    const tiff = view.getUint16(0) === 0xffd8 ? segment(view) : null;
    const found = tiff && TAKEN.exec(written(view, tiff));
    if (!found) return null;
    const [year, month, ...rest] = found.slice(1).map(Number);
    const date = new Date(year, month - 1, ...rest);
    return Number.isNaN(date.getTime()) ? null : date.toISOString();
  } catch {
    return null; // a table that points outside: the photo has no date then
  }
};
