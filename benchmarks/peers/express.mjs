// Express with WeCom's official cryptography and one durable insert before the empty answer. XML is read by a regular
// expression, which is less than a careful service would do.
import { decrypt, getSignature } from "@wecom/crypto";
import Database from "better-sqlite3";
import express from "express";
import pg from "pg";

const [token, aesKey, path, url] = process.argv.slice(2);
const part = (xml, name) => xml.match(new RegExp(`<${name}>(?:<!\\[CDATA\\[)?(.*?)(?:\\]\\]>)?</${name}>`, "s"))?.[1];
const columns = "repeat_key, sender, kind, body, reply, waiting, attempts, not_before, fence, error, received_at";

function sqlite(file) {
  const db = new Database(file);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  const insert = db.prepare(`INSERT INTO inbox (${columns}) VALUES (?, ?, 'TextMessage', ?, '', 0, 0, ?, 0, '', ?)`);
  return (key, sender, body, now) => insert.run(key, sender, body, now, now);
}

function postgresql(address) {
  const pool = new pg.Pool({ user: "postgres", host: address.searchParams.get("host"), database: address.pathname.slice(1), max: 12 });
  const text = `INSERT INTO inbox (${columns}) VALUES ($1, $2, 'TextMessage', $3, '', false, 0, $4, 0, '', $4)`;
  return (key, sender, body, now) => pool.query({ name: "insert", text, values: [key, sender, body, now] });
}

const commit = url.startsWith("sqlite") ? sqlite(url.slice("sqlite://".length)) : postgresql(new URL(url.replace("@/", "@localhost/")));
const app = express();
app.post(path, express.text({ type: "text/xml" }), async (request, response) => {
  const { msg_signature: signature, timestamp, nonce } = request.query;
  const encrypt = part(request.body, "Encrypt");
  if (getSignature(token, timestamp, nonce, encrypt) !== signature) return response.sendStatus(403);
  const { message } = decrypt(aesKey, encrypt);
  await commit(`msg:${part(message, "MsgId")}`, part(message, "FromUserName"), message, new Date().toISOString());
  response.status(200).end();
});
const server = app.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
server.keepAliveTimeout = 600_000; // by default a connection that was quiet for 5 s is closed, perhaps under a callback
process.on("SIGTERM", () => process.exit(0));
