// Where the phone is: by WeCom's own means where the page is opened inside WeCom, else by the browser's.
import { wecom } from "../jssdk.js";

const SECONDS = 15;
const SENTENCES = {
  1: "没有获得定位权限。请在手机设置里允许企业微信（或浏览器）使用位置，再点一次。",
  2: "没有收到定位信号。请走到开阔处，再点一次。",
  3: "定位用时太久。请走到开阔处，再点一次。",
};
const NEVER = "一直没有收到定位。请允许企业微信（或浏览器）使用位置，再点一次。";

// A question for permission that nobody answers, or that a phone never shows, leaves both means waiting for ever.
const answered = (asked) => {
  let waits;
  const never = new Promise((_, failed) => { waits = setTimeout(() => failed(new Error(NEVER)), 2 * SECONDS * 1000); });
  return Promise.race([asked, never]).finally(() => clearTimeout(waits));
};

const byWeCom = async () => {
  const ww = await wecom();
  if (!ww) return null;
  const found = await answered(ww.getLocation({ type: "gcj02" }));
  const { latitude, longitude, accuracy } = found;
  return { latitude: Number(latitude), longitude: Number(longitude), accuracy: Number(accuracy) || 0, datum: "gcj02" };
};

const byBrowser = () => new Promise((done, failed) => {
  if (!navigator.geolocation) {
    failed(new Error("这个浏览器不能定位。请在企业微信的手机端打开，或在地图上选点。"));
    return;
  }
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => done({ latitude: coords.latitude, longitude: coords.longitude, accuracy: coords.accuracy, datum: "wgs84" }),
    (error) => failed(new Error(SENTENCES[error.code] || SENTENCES[2])),
    { enableHighAccuracy: true, maximumAge: 0, timeout: SECONDS * 1000 },
  );
});

/** Fails with a sentence to show. */
export const locate = async () => {
  const found = await byWeCom().catch(() => null);
  return found || answered(byBrowser());
};
