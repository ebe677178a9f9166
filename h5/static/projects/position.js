// 获取定位: fills the form from the phone or from the map, and asks the service what it makes of it before it is submitted.
import { mapIn } from "./map.js";
import { locate } from "./place.js";

const form = document.querySelector("form.position");
const field = form.elements;
const fold = form.querySelector(".map-fold");
const datumOfMap = fold.querySelector(".map").dataset.datum;
const said = form.querySelector(".position-said");
let asked = 0;

const say = (sentences) => {
  said.replaceChildren(...sentences.map((text) => {
    const line = document.createElement("p");
    line.className = "position-warning";
    line.textContent = text;
    return line;
  }));
};

/** Figures that were fetched are not typed over. */
const fetched = () => {
  for (const name of ["longitude", "latitude"]) field[name].readOnly = true;
  [...field.datum.options].forEach((option) => { option.disabled = !option.selected; });
};

const fill = ({ latitude, longitude, accuracy, datum }, way) => {
  const values = { latitude: latitude.toFixed(6), longitude: longitude.toFixed(6), datum, way, accuracy: accuracy ? Math.round(accuracy) : "" };
  [...field.datum.options].forEach((option) => { option.disabled = false; });
  Object.entries(values).forEach(([name, value]) => { field[name].value = value; });
  field.sure?.remove(); // what was confirmed was another place
  form.querySelector(".position-accuracy").hidden = !accuracy;
  field.blur.value = accuracy ? `约 ${Math.round(accuracy)} 米` : "";
  fetched();
};

const look = async () => {
  asked += 1;
  const mine = asked;
  try {
    const answer = await fetch(form.dataset.look, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (!answer.ok) throw new Error(answer.statusText);
    const seen = await answer.json();
    if (mine !== asked) return null; // an older answer that came late
    say(seen.said);
    form.querySelector(".position-at").hidden = !seen.at;
    field.at.value = seen.at || "";
    return seen.place || null;
  } catch {
    if (mine === asked) say(["网络不通，还不能核对位置。可以稍后再提交。"]);
    return null;
  }
};

const showOnMap = mapIn(fold, async (place) => {
  fill({ ...place, datum: datumOfMap }, "map");
  await look();
});

const button = field.fetch;
button.parentElement.hidden = false;
button.addEventListener("click", async () => {
  let caption = button.textContent;
  Object.assign(button, { disabled: true, textContent: "正在定位…" });
  say([]);
  try {
    const found = await locate();
    fill(found, "device");
    caption = "更新定位";
    const place = await look();
    if (place) showOnMap(place, found.accuracy);
  } catch (error) {
    say([error.message]);
  } finally {
    Object.assign(button, { disabled: false, textContent: caption });
  }
});

if (field.way.value !== "typed") fetched();
