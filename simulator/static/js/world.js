// What the whole page knows, kept current by the simulator's event stream.

import { get } from "./api.js";
import { toMs } from "./times.js";

const STREAMED = ["message", "update", "menu", "tile", "traffic", "clock", "faults", "persons", "service"];

const listeners = new Map();
let receivedAt = 0;

export const world = { state: null };

export function on(name, listener) {
  if (!listeners.has(name)) listeners.set(name, new Set());
  listeners.get(name).add(listener);
  return () => listeners.get(name).delete(listener);
}

export function emit(name, data) {
  for (const listener of [...(listeners.get(name) ?? [])]) listener(data);
}

export const person = (userid) => world.state.persons.find((each) => each.userid === userid) ?? null;

/** The simulated time now, in milliseconds; it runs on between two words from the simulator. */
export const now = () => toMs(world.state.now) + (performance.now() - receivedAt);

export function setClock(data) {
  Object.assign(world.state, { now: data.now, offset_seconds: data.offset_seconds });
  receivedAt = performance.now();
}

export async function load() {
  world.state = await get("/state");
  receivedAt = performance.now();
}

/** A dropped stream may have missed anything, so every return of it reloads all. Resolves when the first attempt is over. */
export function connect() {
  const stream = new EventSource("/sim/events");
  let broken = false;
  stream.addEventListener("open", () => {
    emit("link", { up: true });
    if (broken) emit("reload", null);
    broken = false;
  });
  stream.addEventListener("error", () => {
    broken = true;
    emit("link", { up: false });
  });
  for (const name of STREAMED) stream.addEventListener(name, (event) => world.state && emit(name, JSON.parse(event.data)));
  return new Promise((done) => ["open", "error"].forEach((name) => stream.addEventListener(name, done, { once: true })));
}
