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

  const keep = (form) => {
    const typed = Object.fromEntries(fields(form).map((one) => [one.name, one.type === "checkbox" ? one.checked : one.value]));
    storage((kept) => kept.setItem(PREFIX + form.dataset.keep, JSON.stringify(typed)));
  };

  const restore = (form) => {
    const typed = storage((kept) => JSON.parse(kept.getItem(PREFIX + form.dataset.keep) || "{}")) || {};
    for (const one of fields(form)) {
      if (!(one.name in typed)) continue;
      if (one.type === "checkbox") one.checked = typed[one.name];
      else if (!one.value) one.value = typed[one.name];
    }
  };

  // The form is gone from the page once its step was taken; only then is what was typed no longer needed.
  const forget = (form) => {
    if (!document.querySelector(`form[data-keep="${form.dataset.keep}"]`)) {
      storage((kept) => kept.removeItem(PREFIX + form.dataset.keep));
    }
  };

  const toast = (text) => {
    const box = document.getElementById("toast");
    box.textContent = text;
    box.hidden = false;
    window.setTimeout(() => { box.hidden = true; }, 4000);
  };

  const start = () => document.querySelectorAll("form[data-keep]").forEach(restore);

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-keep]");
    if (form) keep(form);
  });
  document.addEventListener("htmx:after:swap", start);
  document.addEventListener("htmx:finally:request", (event) => {
    const form = event.detail.ctx.sourceElement;
    if (form.dataset?.keep && event.detail.ctx.response?.status < 400) forget(form);
  });
  document.addEventListener("htmx:error", () => toast("网络不通，没有提交成功，请再点一次。"));
  window.addEventListener("hashchange", () => {
    document.querySelector(".act:target textarea, .act:target input:not([type=hidden])")?.focus({ preventScroll: true });
  });
  start();
})();
