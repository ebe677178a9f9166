// The page of a project: its map, and a cover photo that is sent as soon as it is chosen.
import { mapIn } from "./map.js";

for (const fold of document.querySelectorAll(".map-fold")) mapIn(fold, null);

const form = document.querySelector(".cover-form");
form?.photo.addEventListener("change", () => {
  if (!form.photo.files.length) return;
  const button = form.querySelector("button");
  button.textContent = "正在上传…";
  form.requestSubmit();
  button.disabled = true;
});
