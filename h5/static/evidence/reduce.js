// Photos are made smaller on the phone before they are sent: what arrives is the original that the station keeps. What
// the browser cannot decode (HEIC on most phones) or what moves (GIF) goes as it is, and the service answers.

import { takenAt } from "./exif.js";
import { LONGEST_SIDE, QUALITY, SMALL_ENOUGH, THUMB_SIDE } from "./limits.js";

const STILL = new Set(["image/jpeg", "image/png", "image/webp", "image/heic", "image/heif", ""]);

// Turned upright as the camera says.
export const decoded = async (blob) => {
  try {
    return await createImageBitmap(blob, { imageOrientation: "from-image" });
  } catch {
    return null;
  }
};

export const jpeg = (canvas) => new Promise((done) => { canvas.toBlob(done, "image/jpeg", QUALITY); });

const drawn = (image, width, height) => {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff"; // behind what is transparent in a picture of a screen
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, width, height);
  return canvas;
};

const fitting = (image, side) => {
  const scale = Math.min(1, side / Math.max(image.width, image.height));
  return drawn(image, Math.max(1, Math.round(image.width * scale)), Math.max(1, Math.round(image.height * scale)));
};

const smaller = async (file, image) => {
  if (Math.max(image.width, image.height) <= LONGEST_SIDE && file.size <= SMALL_ENOUGH) return file;
  const made = await jpeg(fitting(image, LONGEST_SIDE));
  return made && made.size < file.size ? made : file;
};

const isMoving = async (file) => (await file.slice(0, 3).text()) === "GIF";

// {blob, thumb, takenAt}: what is sent, a small copy to show (or null), and when the camera says it was taken (or null).
export const reduced = async (file) => {
  const still = STILL.has(file.type) && !(await isMoving(file));
  const image = still ? await decoded(file) : null;
  if (!image) return { blob: file, thumb: null, takenAt: null };
  const at = file.takenAt ?? (await takenAt(file));
  const found = { blob: await smaller(file, image), thumb: await jpeg(fitting(image, THUMB_SIDE)), takenAt: at };
  image.close();
  return found;
};
