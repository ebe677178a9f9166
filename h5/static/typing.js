// Keeps what is being typed into a form until it was submitted: a reload, a dead spot or a closed window loses nothing.
// Also says so when an answer did not come; the same request may then be sent again without acting twice.

(() => {
  const PREFIX = "zhian/";
  const fields = (form) => [...form.elements].filter((one) => one.name && one.type !== "hidden" && one.type !== "submit");
  const storage = (work) => {
    try {
      return work(window.localStorage);
    } catch {
      return null; // switched off: the page works without it
    }
  };

  // Several boxes may share a name.
  const nameOf = (one) => (one.type === "checkbox" ? `${one.name}=${one.value}` : one.name);

  const keep = (form) => {
    const said = fields(form).filter((one) => one.type !== "radio" || one.checked);
    const typed = Object.fromEntries(said.map((one) => [nameOf(one), one.type === "checkbox" ? one.checked : one.value]));
    storage((kept) => kept.setItem(PREFIX + form.dataset.keep, JSON.stringify(typed)));
  };

  const restore = (form) => {
    const typed = storage((kept) => JSON.parse(kept.getItem(PREFIX + form.dataset.keep) || "{}")) || {};
    for (const one of fields(form)) {
      if (!(nameOf(one) in typed)) continue;
      if (one.type === "checkbox") one.checked = typed[nameOf(one)];
      else if (one.type === "radio") one.checked = one.value === typed[one.name];
      else if (!one.value) one.value = typed[one.name];
    }
  };

  // A step that is no longer offered was taken, so what was typed for it is no longer needed.
  const forget = () => {
    const here = document.getElementById("page").dataset.case;
    if (!here) return;
    const open = new Set([...document.querySelectorAll("form[data-keep]")].map((form) => PREFIX + form.dataset.keep));
    storage((kept) => Object.keys(kept)
      .filter((key) => key.startsWith(`${PREFIX}${here}/`) && !open.has(key))
      .forEach((key) => kept.removeItem(key)));
  };

  const toast = (text) => {
    const box = document.getElementById("toast");
    box.textContent = text;
    box.hidden = false;
    window.setTimeout(() => { box.hidden = true; }, 4000);
  };

  const start = () => {
    document.querySelectorAll("form[data-keep]").forEach(restore);
    forget();
  };

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-keep]");
    if (form) keep(form);
  });
  document.addEventListener("htmx:after:swap", start);
  document.addEventListener("htmx:error", () => toast("网络不通，没有提交成功，请再点一次。"));
  window.addEventListener("hashchange", () => {
    document.querySelector(".act:target textarea, .act:target input:not([type=hidden])")?.focus({ preventScroll: true });
  });
  start();
})();
