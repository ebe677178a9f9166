// Fetches and completes jobs as fast as pg-boss can: 16 at a time, completed one by one (as each was delivered) or all
// of a fetch in one statement.
import { PgBoss } from "pg-boss";

const [address, jobs] = process.argv.slice(2);
const url = new URL(address.replace("@/", "@localhost/"));
const boss = new PgBoss({
  user: "postgres", host: url.searchParams.get("host"), database: url.pathname.slice(1), max: 12,
  supervise: false, schedule: false,
});
boss.on("error", (error) => { console.error(error); process.exit(1); });
await boss.start();
const queue = `letters${process.pid}`;
await boss.createQueue(queue);

async function rate(count, complete) {
  const body = "x".repeat(900);
  await boss.insert(queue, Array.from({ length: count }, (_, n) => ({ data: { to: `m${n}`, body } })));
  const began = performance.now();
  let done = 0;
  while (done < count) {
    const fetched = await boss.fetch(queue, { batchSize: 16 });
    await complete(fetched.map((job) => job.id));
    done += fetched.length;
  }
  return (1000 * count) / (performance.now() - began);
}

const each = (ids) => Promise.all(ids.map((id) => boss.complete(queue, id)));
const together = (ids) => boss.complete(queue, ids);
await rate(Math.min(jobs, 200), each);
console.log(JSON.stringify({ each: await rate(Number(jobs), each), together: await rate(Number(jobs), together) }));
await boss.stop({ graceful: false });
process.exit(0);
