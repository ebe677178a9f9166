// Photos by WeCom's own camera and album. Null wherever a page has to do without them: the browser's ways are used then.

import { wecom } from "../jssdk.js";

const MOST = 9; // of one choice, as WeCom has it

export const inside = wecom;

// Some phones give a data address, others its base64 part only.
const photo = async (ww, localId) => {
  const { localData } = await ww.getLocalImgData({ localId });
  const plain = atob(localData.replace(/^data:[^,]*,/, "").replace(/\s/g, ""));
  return new File([Uint8Array.from(plain, (letter) => letter.charCodeAt(0))], "照片.jpg", { type: "image/jpeg" });
};

// `source` is camera or album; what was given up is nothing.
export const chosen = async (ww, source) => {
  const { localIds } = await ww.chooseImage({ count: MOST, sizeType: ["original"], sourceType: [source] });
  const photos = [];
  for (const id of localIds ?? []) photos.push(await photo(ww, id)); // one at a time: an original is large
  return photos;
};
