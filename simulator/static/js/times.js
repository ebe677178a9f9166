// Everything on the phones is shown in Asia/Shanghai, which has had no summer time since 1991.

const SHANGHAI_MS = 8 * 3600 * 1000;
const DAY_MS = 24 * 3600 * 1000;
const WEEKDAYS = ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"];

export const toMs = (at) => (typeof at === "number" ? at * 1000 : Date.parse(at));

export function parts(ms) {
  const local = new Date(ms + SHANGHAI_MS);
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    weekday: local.getUTCDay(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
  };
}

const two = (number) => String(number).padStart(2, "0");
const dayNumber = (ms) => Math.floor((ms + SHANGHAI_MS) / DAY_MS);

export function clockTime(ms) {
  const { hour, minute } = parts(ms);
  return `${two(hour)}:${two(minute)}`;
}

export function exactTime(ms) {
  return `${clockTime(ms)}:${two(parts(ms).second)}`;
}

export function dateLine(ms) {
  const { year, month, day, weekday } = parts(ms);
  return `${year}年${month}月${day}日 ${WEEKDAYS[weekday]}`;
}

/** The time line above a message, as WeCom words it. */
export function chatTime(ms, nowMs) {
  const { year, month, day, weekday } = parts(ms);
  const days = dayNumber(nowMs) - dayNumber(ms);
  const time = clockTime(ms);
  if (days === 0) return time;
  if (days === 1) return `昨天 ${time}`;
  if (days > 1 && days < 7) return `${WEEKDAYS[weekday]} ${time}`;
  const date = `${month}月${day}日 ${time}`;
  return year === parts(nowMs).year ? date : `${year}年${date}`;
}

export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${two(whole % 60)}`;
}
