// Lets worker.js keep this page for when there is no network, and throws all kept pages away when the member signs out.

const LAZY = [
  new URL("./konva.js", import.meta.url),
  new URL("./tus.js", import.meta.url),
  new URL("./evidence/filling.js", import.meta.url),
  new URL("./evidence/ghost.js", import.meta.url),
  new URL("./evidence/markup.js", import.meta.url),
];

const loaded = () => performance.getEntriesByType("resource")
  .map((entry) => entry.name)
  .filter((name) => new URL(name).pathname.startsWith("/h5/static/"));

const consistsOf = () => [...new Set([...loaded(), ...LAZY.map(String)])];

const keep = async () => {
  const path = navigator.serviceWorker.controller ? null : location.pathname;
  await navigator.serviceWorker.register("/h5/worker.js");
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage({ path, assets: consistsOf() });
};

if (navigator.serviceWorker) {
  navigator.serviceWorker.addEventListener("message", () => { document.documentElement.dataset.kept = ""; });
  const begin = () => keep().catch(console.error);
  if (document.readyState === "complete") begin();
  else window.addEventListener("load", begin);
}

document.addEventListener("submit", (event) => {
  if (new URL(event.target.action).pathname === "/logout") window.caches?.delete("zhian-pages");
});
