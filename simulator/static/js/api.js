// The simulator's own control interface (/sim). A refusal becomes an Error whose message is a sentence for the screen.

export const get = (path) => call("GET", path);
export const post = (path, body = {}) =>
  call("POST", path, { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
export const remove = (path) => call("DELETE", path);

export function uploadAll(path, files, fields = {}) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  for (const file of files) form.append("file", file, file.name);
  return call("POST", path, { body: form });
}

export const personPath = (userid, action) => `/persons/${encodeURIComponent(userid)}/${action}`;

export const media = (id) => `/sim/media/${encodeURIComponent(id)}`;

async function call(method, path, options = {}) {
  let response;
  try {
    response = await fetch(`/sim${path}`, { method, ...options });
  } catch {
    throw new Error("模拟器没有回应，请看看它是否还在运行");
  }
  const answer = await read(response);
  if (!response.ok) throw new Error(answer?.error ?? answer?.message ?? `模拟器拒绝了这次操作（${response.status}）`);
  return answer;
}

async function read(response) {
  const text = await response.text();
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}
