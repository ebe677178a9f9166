// Opens a draft that was open before while there is no network: the network is always asked first, so no page is stale
// that could be fresh. Only drafts are kept, only of the member who was last seen signed in here.

const PAGES = "zhian-pages";
const ASSETS = "zhian-assets";
const OWNER = "/h5/owner"; // where the pages' cache notes whose they are; no such page exists
const DRAFT = /^\/h5\/drafts\/[^/]+$/;
const PERSON = /<meta name="person" content="(\d+)">/;

const away = (sentence, address, caption) => `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>没有网络</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<style>body { font: 17px/1.6 sans-serif; padding: 48px 24px; text-align: center } a { display: block; padding: 12px }</style>
<h1>没有网络</h1><p>${sentence}</p>
<a href="${address.replaceAll("&", "&amp;").replaceAll('"', "&quot;")}">${caption}</a></html>`;
const UNKEPT = "这一页还没有存到手机里。请在有网络的地方重新打开；打开过的草稿，以后没有网络也能继续填。";
const UNANSWERED = "刚才的操作没有得到答复。请在有网络的地方返回，再办理一次；已经办成的不会重复办理。";

const offline = (...said) => (
  new Response(away(...said), { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } })
);

const own = async (person) => {
  const pages = await caches.open(PAGES);
  const owner = await pages.match(OWNER);
  if (owner && await owner.text() === person) return pages;
  await caches.delete(PAGES);
  const fresh = await caches.open(PAGES);
  await fresh.put(OWNER, new Response(person));
  return fresh;
};

const forget = async (path) => (await caches.open(PAGES)).delete(path);

// A network that wants to be signed in to answers for the service, without saying so.
const ours = (answer) => answer.headers.has("Content-Security-Policy");
const LOST = [403, 404, 410];

// A draft that was submitted leads to its record. Every other way out, such as to a sign-in, says nothing of it.
const submitted = async (path) => {
  const answer = await fetch(path);
  return answer.redirected && ours(answer) && new URL(answer.url).pathname.startsWith("/h5/cases/");
};

const gone = (path, answer) => (
  answer.type === "opaqueredirect" ? submitted(path) : LOST.includes(answer.status) && ours(answer)
);

// Looks at a page that came from the network: whose is it, and is it to be kept?
const note = async (path, answer) => {
  if (DRAFT.test(path) && await gone(path, answer)) return forget(path);
  if (answer.status !== 200 || answer.redirected) return;
  const html = await answer.clone().text();
  const person = PERSON.exec(html)?.[1];
  if (!person) return;
  const pages = await own(person);
  if (DRAFT.test(path)) await pages.put(path, answer);
};

const page = async (event) => {
  const path = new URL(event.request.url).pathname;
  try {
    const answer = await fetch(event.request);
    event.waitUntil(note(path, answer.clone()));
    return answer;
  } catch {
    const kept = await (await caches.open(PAGES)).match(path);
    return kept ?? offline(UNKEPT, "", "再试一次");
  }
};

// A form that was sent. What holds files goes past the worker, which would have to hold them, too.
const PLAIN = "application/x-www-form-urlencoded";
const sent = async (request) => {
  try {
    return await fetch(request);
  } catch {
    return offline(UNANSWERED, request.referrer.startsWith(location.origin) ? request.referrer : "/h5/", "返回");
  }
};

// An address names its content; of every name only the newest that was asked for stays.
const asset = async (address) => {
  const assets = await caches.open(ASSETS);
  const kept = await assets.match(address);
  if (kept) return kept;
  const answer = await fetch(address);
  if (!answer.ok || answer.headers.get("Cache-Control") === "no-store") return answer;
  const name = (url) => new URL(url, location).pathname.split("/").slice(4).join("/");
  const older = (await assets.keys()).filter((one) => name(one.url) === name(address));
  await Promise.all(older.map((one) => assets.delete(one)));
  await assets.put(address, answer.clone());
  return answer;
};

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.method === "POST" && request.mode === "navigate" && request.headers.get("Content-Type") === PLAIN) {
    event.respondWith(sent(request));
  }
  if (request.method !== "GET") return;
  if (pathname.startsWith("/h5/static/")) event.respondWith(asset(request.url));
  else if (request.mode === "navigate") event.respondWith(page(event));
});

// A page says what it consists of, and its own path when it was open before this worker was. What cannot be fetched now
// is asked for when the page is opened again.
self.addEventListener("message", (event) => {
  const { path, assets } = event.data;
  const kept = path ? [fetch(path).then((answer) => note(path, answer))] : [];
  const done = Promise.allSettled([...kept, ...assets.map(asset)]);
  event.waitUntil(done.then(() => event.source?.postMessage("kept")));
});
