// The nearest projects first: asks the phone where it is, then posts that, so that no position stands in an address.
import { locate } from "./place.js";

const form = document.querySelector("form.nearest");
form.hidden = false;
let found = false;

form.addEventListener("submit", async (event) => {
  if (found) return;
  event.preventDefault();
  const [button, said] = [form.querySelector("button"), form.querySelector("[role=status]")];
  button.disabled = true;
  said.textContent = "正在定位…";
  try {
    const { latitude, longitude, datum } = await locate();
    Object.entries({ latitude, longitude, datum }).forEach(([name, value]) => { form.elements[name].value = value; });
    found = true;
    button.disabled = false;
    form.requestSubmit();
  } catch (error) {
    said.textContent = error.message;
    button.disabled = false;
  }
});

// Coming back by the phone's button, the page is as it was left.
window.addEventListener("pageshow", () => { found = false; });
