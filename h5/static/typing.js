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

  const WORDS = ""; // beside the answers by name, what was written itself

  // Several boxes may share a name.
  const nameOf = (one) => (one.type === "checkbox" ? `${one.name}=${one.value}` : one.name);

  const keep = (form) => {
    const said = fields(form).filter((one) => one.type !== "radio" || one.checked);
    const typed = Object.fromEntries(said.map((one) => [nameOf(one), one.type === "checkbox" ? one.checked : one.value]));
    typed[WORDS] = said.filter((one) => !["radio", "checkbox"].includes(one.type)).map((one) => one.value.trim()).filter(Boolean);
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

  const forget = (key) => storage((kept) => kept.removeItem(key));

  const left = (key, words) => {
    const section = document.createElement("section");
    section.className = "card typed-before";
    section.innerHTML = '<h2 class="card-title">您写过、没有提交的内容</h2><p class="lines"></p><button class="weui-btn weui-btn_mini weui-btn_default" type="button">不需要了</button>';
    section.querySelector("p").textContent = words.join("\n");
    section.querySelector("button").addEventListener("click", () => {
      forget(key);
      section.remove();
    });
    return section;
  };

  // A step that is no longer offered was taken by somebody else: what was typed for it stays to be read and copied, until
  // its writer puts it away.
  const showLeft = () => {
    const page = document.getElementById("page");
    const here = page.dataset.case;
    if (!here || document.getElementById("typed")) return; // the service shows it itself
    const open = new Set([...document.querySelectorAll("form[data-keep]")].map((form) => PREFIX + form.dataset.keep));
    const keys = storage((kept) => Object.keys(kept).filter((key) => key.startsWith(`${PREFIX}${here}/`) && !open.has(key)));
    for (const key of keys ?? []) {
      const words = storage((kept) => JSON.parse(kept.getItem(key))[WORDS]) ?? [];
      if (words.length) page.querySelector(".head").after(left(key, words));
      else forget(key);
    }
  };

  let hiding = 0;
  const toast = (text) => {
    const box = document.getElementById("toast");
    box.textContent = text;
    box.hidden = false;
    window.clearTimeout(hiding); // of the sentence before it
    hiding = window.setTimeout(() => { box.hidden = true; }, 4000);
  };

  const start = () => {
    document.querySelectorAll("form[data-keep]").forEach(restore);
    document.querySelectorAll(".typed-before").forEach((one) => one.remove());
    showLeft();
  };

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-keep]");
    if (form) keep(form);
  });
  document.addEventListener("htmx:after:request", ({ detail: { ctx: { sourceElement, response } } }) => {
    const form = sourceElement.closest?.("form[data-keep]");
    if (form && response?.status === 200) forget(PREFIX + form.dataset.keep);
  });
  document.addEventListener("htmx:after:swap", start);
  document.addEventListener("htmx:error", () => toast("网络不通，没有提交成功，请再点一次。"));
  window.addEventListener("hashchange", () => {
    document.querySelector(".act:target textarea, .act:target input:not([type=hidden])")?.focus({ preventScroll: true });
  });
  start();
})();
