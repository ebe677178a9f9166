// One file on its way: uploaded in pieces (tus), then given to where it belongs. Raises a Trouble that says what to do.

import { csrf } from "../page.js";
import { CHUNK } from "./limits.js";
import { change } from "./store.js";

const REFUSED = "服务没有收下这个文件，请重试；还是不行，请删除后重新拍摄。";
const GONE = "要放这个文件的草稿已经提交或删除了，请删除这个文件；如仍需要，请在新的草稿里重新添加。";

// What to do: "later" (after a pause), "others first" (then this one), "renew" (the token), "sign in", or "refused";
// `final` when the same file would be refused again.
export class Trouble extends Error {
  constructor(remedy, sentence = "", final = false) {
    super(sentence || remedy);
    this.remedy = remedy;
    this.sentence = sentence;
    this.final = final;
  }
}

const said = (body) => {
  try {
    return JSON.parse(body);
  } catch {
    return {}; // a page, or nothing
  }
};

// A network that wants to be signed in to, or a proxy on the way, has answered instead of the service.
const fromElsewhere = (status, body) => status < 400 || status === 408 || (status === 429 && !said(body).sentence);

const trouble = (status, body, gone) => {
  if (fromElsewhere(status, body)) return new Trouble("later");
  if (status >= 500 || status === 423) return new Trouble("others first");
  if (status === 401) return new Trouble("sign in");
  if (status === 403) return new Trouble("renew");
  const { sentence, final } = said(body);
  return new Trouble("refused", sentence || gone, Boolean(final));
};

const uploadTrouble = (status, body) => {
  if (status === 409) return new Trouble("later"); // the same bytes are there already: asked again, tus learns how many
  if (status === 404 || status === 410) return new Trouble("refused", GONE);
  return trouble(status, body, REFUSED);
};

const metadata = (file) => Object.fromEntries(Object.entries({
  kind: file.kind,
  filename: file.name,
  sha256: file.sha256,
  draft: file.draft,
  marks: file.marks,
  taken_at: file.takenAt,
}).filter(([, value]) => value));

// The id of the evidence, once the service has compared the hash. `tell` is given the part that has arrived, 0 to 1.
export const uploaded = async (file, tell) => {
  await import("../tus.js");
  return new Promise((done, failed) => {
    const upload = new window.tus.Upload(file.blob, {
      endpoint: "/h5/uploads",
      uploadUrl: file.upload ?? null,
      chunkSize: CHUNK,
      retryDelays: null, // the queue pauses, for all files at once
      storeFingerprintForResuming: false, // where it stands is kept with the file
      headers: { "X-CSRF": csrf() },
      metadata: metadata(file),
      onUploadUrlAvailable: () => change(file.id, { upload: upload.url }),
      onProgress: (sent, size) => tell(sent / size),
      onSuccess: ({ lastResponse }) => {
        const evidence = lastResponse.getHeader("X-Evidence");
        if (evidence) done(evidence);
        else failed(new Trouble("later"));
      },
      onError: (error) => {
        const answer = error.originalResponse;
        failed(uploadTrouble(answer?.getStatus() ?? 0, answer?.getBody() ?? ""));
      },
    });
    upload.start();
  });
};

const posted = async (file, evidence) => {
  const body = new URLSearchParams({ csrf: csrf(), key: file.id, evidence });
  try {
    const answer = await fetch(file.attach, { method: "POST", body, headers: { Accept: "text/html" } });
    // A draft that was submitted leads to its record.
    return { status: answer.redirected ? 410 : answer.status, body: await answer.text() };
  } catch {
    return { status: 0, body: "" };
  }
};

// What the page shows for it from now on.
export const attached = async (file, evidence) => {
  const { status, body } = await posted(file, evidence);
  if (status !== 200 || !body.includes(`data-evidence="${evidence}"`)) throw trouble(status, body, GONE);
  return body;
};
