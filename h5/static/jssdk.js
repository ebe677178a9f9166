// WeCom's script, fetched inside WeCom only and when it is needed; null wherever a page has to do without it.
const PATIENCE = 6000;
const INSIDE = /wxwork/i.test(navigator.userAgent);
let registering = null;

const loaded = (address) => new Promise((done, failed) => {
  const script = document.createElement("script");
  script.src = address;
  script.onload = done;
  script.onerror = () => failed(new Error("WeCom's script did not come"));
  document.head.append(script);
});

const signed = async () => {
  const page = location.href.split("#")[0];
  const answer = await fetch(`/h5/jssdk?url=${encodeURIComponent(page)}`);
  const held = answer.ok ? await answer.json() : {};
  if (!held.config) throw new Error("the page was not signed");
  return held;
};

const register = async (apis) => {
  const address = document.querySelector('meta[name="wecom-script"]')?.content;
  if (!INSIDE || !address) return null;
  const [held] = await Promise.all([signed(), window.ww || loaded(address)]);
  const { ww } = window;
  await new Promise((done, failed) => {
    ww.register({
      corpId: held.corpId,
      agentId: held.agentId,
      jsApiList: apis,
      getConfigSignature: () => held.config,
      getAgentConfigSignature: () => held.agentConfig,
      onConfigSuccess: done,
      onConfigFail: () => failed(new Error("WeCom refused the signature")),
    });
  });
  return ww;
};

/** `apis`: what the page is going to call; the first caller's list counts. */
export const wecom = (apis) => {
  const late = new Promise((done) => { setTimeout(done, PATIENCE, null); });
  registering ||= register(apis).catch(() => null);
  return Promise.race([registering, late]);
};
