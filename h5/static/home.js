// Projects around the reader: his phone is asked where it is when he taps, and the answer is kept nowhere.
import { locate } from "./projects/place.js";

const form = document.querySelector("form.near");
form.hidden = false;

const around = async () => {
  const { latitude, longitude, datum } = await locate();
  const body = new URLSearchParams({ csrf: form.elements.csrf.value, latitude, longitude, datum });
  const answer = await fetch(form.action, { method: "POST", body });
  if (!answer.ok) throw new Error(answer.status === 401 ? "登录已过期，请刷新页面后再试。" : "没有查到，请稍后再试。");
  return new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes;
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const [button, said] = [form.querySelector("button"), form.querySelector("[role=status]")];
  button.disabled = true;
  said.textContent = "正在定位…";
  try {
    document.querySelector(".near-found").replaceChildren(...(await around()));
    said.textContent = "";
    button.textContent = "更新我的位置";
  } catch (error) {
    said.textContent = error instanceof TypeError ? "网络不通，请稍后再试。" : error.message;
  }
  button.disabled = false;
});
