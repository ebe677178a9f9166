// Each answer is saved when it is given. What could not be saved yet (a dead spot, an expired sign-in) is kept on this
// phone, and is sent when the page is open again.

(() => {
  const form = document.getElementById("draft");
  if (!form) return;
  const PREFIX = `zhian/draft/${form.dataset.draft}/`;
  const storage = (work) => {
    try {
      return work(window.localStorage);
    } catch {
      return null; // switched off: what is saved on the server is there anyway
    }
  };
  const fieldOf = (node) => node.closest?.("[data-field]");
  const inputs = (field) => [...field.querySelectorAll("[name]")].filter((one) => one.type !== "file" && one.tagName !== "BUTTON");
  const filled = (field) => inputs(field)
    .filter((one) => !["checkbox", "radio"].includes(one.type) || one.checked)
    .map((one) => [one.name, one.value]);

  // What was typed, without what it was typed upon.
  const WAS = /^was-|-was$/;
  const words = (said) => JSON.stringify(said.filter(([name]) => !WAS.test(name)));

  const keep = (field) => storage((kept) => kept.setItem(PREFIX + field.dataset.field, JSON.stringify(filled(field))));
  const forget = (field) => storage((kept) => kept.removeItem(PREFIX + field.dataset.field));
  const unsaved = new Map(); // fields by name, until the service has what was typed into them
  const held = (field) => storage((kept) => kept.getItem(PREFIX + field.dataset.field)) !== null;

  // Whether a button has posted just this, and the page is made upon something newer: the service has taken it.
  const taken = (field, typed) => {
    const key = PREFIX + field.dataset.field;
    if (storage((kept) => kept.getItem(key) !== window.sessionStorage.getItem(key))) return false;
    const now = new Map(filled(field));
    return typed.some(([name, value]) => WAS.test(name) && now.has(name) && now.get(name) !== value);
  };

  const restore = (field) => {
    const typed = storage((kept) => JSON.parse(kept.getItem(PREFIX + field.dataset.field)));
    if (!typed) return;
    if (taken(field, typed)) return forget(field);
    if (words(typed) === words(filled(field))) { // the page shows it: saved, or with the reason why it is not
      if (!field.querySelector(".input-error")) forget(field);
      return;
    }
    const left = typed.map(([name, value]) => `${name}=${value}`);
    for (const one of inputs(field)) {
      const values = typed.filter(([name]) => name === one.name).map(([, value]) => value);
      if (["checkbox", "radio"].includes(one.type)) one.checked = left.includes(`${one.name}=${one.value}`);
      else if (values.length) one.value = values[0];
    }
    field.querySelectorAll("[data-place]").forEach((one) => says(one.dataset.place));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };

  // Where there is no network a button would only lead away; what holds files back has spoken before. Browsers err: who
  // taps the same button again is not held.
  let told = null;
  form.addEventListener("submit", (event) => {
    if (navigator.onLine || event.defaultPrevented || told === event.submitter) return;
    told = event.submitter;
    event.preventDefault();
    event.stopImmediatePropagation();
    const kept = [...unsaved.values()].every(held);
    toast(`现在没有网络，请联网后再点一次。${kept ? "填好的都在" : "本机也存不下刚才填的，请不要离开这一页"}。`);
  });
  window.addEventListener("online", () => {
    told = null;
    form.querySelectorAll("[data-field]").forEach((field) => {
      if (held(field)) field.dispatchEvent(new Event("change", { bubbles: true }));
    });
  });

  let submitting = false;
  form.addEventListener("submit", () => { submitting = true; });
  window.addEventListener("beforeunload", (event) => {
    if (!submitting && [...unsaved.values()].some((field) => !held(field))) event.preventDefault();
  });
  window.addEventListener("pageshow", () => { submitting = false; });

  form.addEventListener("submit", () => form.querySelectorAll("[data-field]").forEach((field) => storage((kept) => {
    const key = PREFIX + field.dataset.field;
    window.sessionStorage.setItem(key, kept.getItem(key) ?? "");
  })));

  let hiding = 0;
  const toast = (text) => {
    const box = document.getElementById("toast");
    box.textContent = text;
    box.hidden = false;
    window.clearTimeout(hiding); // of the sentence before it
    hiding = window.setTimeout(() => { box.hidden = true; }, 4000);
  };

  // The phone may have no room for it, or keep nothing for this page.
  const where = (field) => (held(field) ? "已留在本机" : "本机也存不下，请不要离开这一页");
  const unkept = (field) => toast(`刚才填的还没有保存到草稿，${where(field)}，请稍后${held(field) ? "刷新再试" : "再改一次"}。`);

  // Whoever signed in again in another window goes on here, with the new session's token; once until it works.
  let renewable = true;
  const goOn = async (field) => {
    renewable = false;
    const { csrf, renew } = await import("./page.js");
    if (!(await renew())) return unkept(field);
    document.querySelectorAll("[name=csrf]").forEach((one) => { one.value = csrf(); });
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };

  document.addEventListener("input", (event) => {
    const field = fieldOf(event.target);
    if (!field) return;
    unsaved.set(field.dataset.field, field);
    keep(field);
  });
  // Only what was kept with the very same content may be forgotten: more may have been typed since it was sent.
  document.addEventListener("htmx:before:request", (event) => {
    const field = fieldOf(event.detail.ctx.sourceElement);
    if (field) event.detail.ctx.sent = storage((kept) => kept.getItem(PREFIX + field.dataset.field));
  });
  document.addEventListener("htmx:after:request", (event) => {
    const { sourceElement, response, sent } = event.detail.ctx;
    const field = fieldOf(sourceElement);
    if (!field || !response) return;
    if (response.status === 200) {
      renewable = true;
      if (sent !== storage((kept) => kept.getItem(PREFIX + field.dataset.field))) return;
      forget(field);
      unsaved.delete(field.dataset.field);
    } else if (response.status === 403 && renewable) goOn(field).catch(() => unkept(field));
    else if (![401, 422].includes(response.status)) unkept(field); // these say it themselves
  });
  // What is typed to find a project is no answer.
  form.querySelectorAll(".seek").forEach((seek) => {
    seek.querySelector("[value=look]").hidden = true;
    ["input", "change"].forEach((type) => seek.addEventListener(type, (event) => event.stopPropagation()));
  });

  // What is tapped while a list is on its way stays tapped, though that list was made without knowing of it.
  const listOf = (event) => event.detail?.ctx?.sourceElement?.closest?.(".seek")?.parentElement;
  let tapped = null;
  document.addEventListener("htmx:before:swap", (event) => { tapped = listOf(event)?.querySelector(".offers :checked")?.closest("label"); });
  document.addEventListener("htmx:after:swap", (event) => {
    const offers = tapped && listOf(event)?.querySelector(".offers");
    if (!offers) return;
    const { value } = tapped.querySelector("input");
    if (!offers.querySelector(`input[value="${CSS.escape(value)}"]`)) offers.prepend(tapped);
    offers.querySelector(`input[value="${CSS.escape(value)}"]`).checked = true;
  });

  // A field may be exchanged for what an earlier answer changed in it: what was given there meanwhile is given again.
  document.addEventListener("htmx:after:swap", () => {
    for (const [name, field] of unsaved) {
      const fresh = !field.isConnected && held(field) && form.querySelector(`[data-field="${CSS.escape(name)}"]`);
      if (!fresh) continue;
      unsaved.set(name, fresh);
      restore(fresh);
      if (!held(fresh)) unsaved.delete(name);
    }
  });

  // The browser cuts off without a word what a field has no room for.
  document.addEventListener("paste", ({ target, clipboardData }) => {
    if (!(target.maxLength > 0)) return;
    const pasted = clipboardData.getData("text").replaceAll("\r\n", "\n").length;
    const left = pasted - (target.maxLength - target.value.length + target.selectionEnd - target.selectionStart);
    if (left > 0) toast(`这里最多 ${target.maxLength} 字，最后 ${left} 字没有贴进去，请写短一些。`);
  });

  const choose = (name, value) => {
    const input = form.elements.namedItem(name);
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  // The buttons under a date fill it in; without a script they post the form.
  document.addEventListener("click", (event) => {
    const pick = event.target.closest("[data-pick]");
    if (!pick) return;
    event.preventDefault();
    choose(pick.dataset.pick, pick.value);
  });
  document.addEventListener("change", ({ target }) => {
    form.querySelectorAll(`[data-pick="${CSS.escape(target.name ?? "")}"]`).forEach((one) => {
      one.setAttribute("aria-pressed", String(one.value !== "" && one.value === target.value));
    });
  });

  const PARTS = ["latitude", "longitude", "accuracy", "system"];
  const part = (name, one) => form.elements.namedItem(`${name}-${one}`);
  const says = (name) => {
    const said = form.querySelector(`[data-place="${name}"]`);
    if (!said) return; // 离我最近 shows projects
    const [found, blur] = [part(name, "latitude").value !== "", part(name, "accuracy").value];
    said.textContent = found ? `已定位${blur ? `，误差约 ${Math.round(blur)} 米` : ""}。` : "还没有定位。";
    const drop = form.querySelector(`[data-unlocate="${name}"]`);
    if (drop) drop.hidden = !found;
    form.querySelector(`[data-locate="${name}"]`).textContent = found ? "更新定位" : "获取定位";
  };
  const place = (button, name, found) => {
    PARTS.forEach((one) => { part(name, one).value = found[one] ?? ""; });
    says(name);
    const seek = button.closest(".seek")?.querySelector("[type=search]");
    if (seek) return seek.dispatchEvent(new Event("search"));
    const field = fieldOf(button);
    keep(field);
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-locate]");
    if (!button) return;
    button.disabled = true;
    try {
      const { locate } = await import("./projects/place.js");
      const { datum, ...found } = await locate();
      place(button, button.dataset.locate, { ...found, system: datum });
    } catch (error) {
      toast(error instanceof TypeError ? "定位没有打开，请在有网络时再试。" : error.message);
    }
    button.disabled = false;
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-unlocate]");
    if (!button) return;
    part(button.dataset.unlocate, "label").value = "";
    place(button, button.dataset.unlocate, {});
  });

  document.addEventListener("htmx:error", ({ detail }) => {
    const field = fieldOf(detail.ctx?.sourceElement ?? form);
    toast(`网络不通，刚才填的还没有保存到草稿，${field ? where(field) : "请稍后再试"}。`);
  });
  // htmx was loaded before, but may not have looked at the page yet, and would not hear what is restored.
  window.htmx?.process(document.body);
  form.querySelectorAll("[data-field]").forEach(restore);
})();
