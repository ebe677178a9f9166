// WeCom's script, fetched inside WeCom only and when it is needed; null wherever a page has to do without it.
const PATIENCE = 6000;
const APIS = ["getLocation", "chooseImage", "getLocalImgData"]; // all that pages call: a page registers once
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

const register = async () => {
  const address = document.querySelector('meta[name="wecom-script"]')?.content;
  if (!INSIDE || !address) return null;
  const [held] = await Promise.all([signed(), window.ww || loaded(address)]);
  const { ww } = window;
  await new Promise((done, failed) => {
    ww.register({
      corpId: held.corpId,
      agentId: held.agentId,
      jsApiList: APIS,
      getConfigSignature: () => held.config,
      getAgentConfigSignature: () => held.agentConfig,
      onConfigSuccess: done,
      onConfigFail: () => failed(new Error("WeCom refused the signature")),
    });
  });
  return ww;
};

export const wecom = () => {
  const late = new Promise((done) => { setTimeout(done, PATIENCE, null); });
  registering ||= register().catch(() => null);
  return Promise.race([registering, late]);
};
