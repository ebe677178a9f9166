// On a PC a record stays beside the list it was opened from. Every step is a plain page with an address of its own, so
// that going back, a reload and a link all work; the list is only fetched again, for this window, and shown on the left.

(() => {
  const KEY = "zhian/list";
  const root = document.documentElement;
  const wide = () => window.matchMedia("(min-width: 1024px)").matches;
  const record = /^\/h5\/cases\/\d+$/.test(location.pathname);
  const opened = () => {
    try {
      return JSON.parse(sessionStorage.getItem(KEY) || "null");
    } catch {
      return null; // switched off: the record stands alone
    }
  };
  const note = (list) => {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(list));
    } catch { /* switched off: as above */ }
  };

  // Only a list that was open in this window and leads here; before the first paint, so that nothing jumps.
  const list = record ? opened() : null;
  const beside = list && wide() && list.records.includes(location.pathname);
  if (beside) root.classList.add("paned");

  const lines = (within) => [...within.querySelectorAll("a.record")];
  const path = (link) => new URL(link.href, location).pathname;

  // The list looks as it does alone.
  const dress = (listed) => {
    for (const style of listed.querySelectorAll('link[rel="stylesheet"]')) {
      const href = style.getAttribute("href");
      if (!document.querySelector(`link[href="${href}"]`)) document.head.append(document.adoptNode(style));
    }
  };

  const fill = async (pane) => {
    const answer = await fetch(list.address, { headers: { Accept: "text/html" } });
    const listed = answer.ok && !answer.redirected && new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = listed && listed.querySelector("#page");
    if (!found) return root.classList.remove("paned");
    dress(listed);
    found.querySelectorAll("script, .foot").forEach((one) => one.remove());
    found.querySelectorAll("[id]").forEach((one) => one.removeAttribute("id"));
    pane.replaceChildren(...document.adoptNode(found).childNodes);
    const here = lines(pane).find((one) => path(one) === location.pathname);
    here?.setAttribute("aria-current", "page");
    here?.scrollIntoView({ block: "nearest" });
  };

  const pane = () => {
    const made = document.createElement("section");
    made.className = "list-pane page-list";
    made.setAttribute("aria-label", "列表");
    document.getElementById("page").before(made);
    const refresh = () => fill(made).catch(() => root.classList.remove("paned"));
    document.addEventListener("htmx:after:swap", refresh);
    refresh();
  };

  // The line that was opened is where one goes on with the arrow keys.
  const walk = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const line = event.target.closest?.("a.record");
    if (!step || !line || event.altKey || event.ctrlKey || event.metaKey) return;
    const all = lines(document);
    const next = all[all.indexOf(line) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  };

  // A form that was opened over the action bar closes by Esc, too; what was typed is kept.
  const leave = (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (document.querySelector(".act:target")) location.hash = "bar";
  };

  document.addEventListener("keydown", walk);
  document.addEventListener("keydown", leave);
  document.addEventListener("click", (event) => {
    const line = event.target.closest?.("#page a.record");
    if (!line || record) return;
    const all = lines(document.getElementById("page"));
    note({ address: location.pathname + location.search, records: all.map(path) });
  });
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelector("#page .tab[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
    if (beside) pane();
  });
})();
