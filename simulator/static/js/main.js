import { get } from "./api.js";
import { Desk } from "./desk.js";
import { Panel } from "./panel/panel.js";
import { attempt, toast } from "./toast.js";
import { TopBar } from "./topbar.js";
import { connect, emit, load, on, setClock, world } from "./world.js";

/** Listening comes before reading: what happens in between is heard twice rather than never. */
async function start() {
  await connect();
  await load();
  document.title = `${world.state.app.name} · 企业微信模拟器`;
  const desk = new Desk(document.getElementById("phones"));
  const panel = new Panel(document.getElementById("panel"));
  const bar = new TopBar(document.getElementById("topbar"), desk, panel);
  on("reload", async () => {
    await load();
    desk.refresh();
    emit("clock", { now: world.state.now, offset_seconds: world.state.offset_seconds });
    emit("service", world.state.service);
    emit("faults", world.state.faults);
    panel.reload();
  });
  setInterval(() => {
    bar.tick();
    desk.tick();
  }, 1000);
}

on("clock", setClock);
on("service", (service) => Object.assign(world.state.service, service));
on("faults", (faults) => (world.state.faults = faults));

/** A whole province may arrive at once, one event for each person. */
let asked = null;
on("persons", () => {
  clearTimeout(asked);
  asked = setTimeout(() => attempt(fetchPeople), 150);
});

async function fetchPeople() {
  const { persons, phones, places } = await get("/state");
  Object.assign(world.state, { persons, phones, places });
  emit("people", null);
}

start().catch((error) => toast(error.message, "error"));
