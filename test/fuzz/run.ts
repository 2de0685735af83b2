import { parseArgs } from "node:util";
import { LiveFuzz } from "./live.ts";
import { type Crash, targets, tryFor } from "./targets.ts";

/** npm run fuzz -- --seconds N [--seed S]: half of the time in this process, half against a running server. */
const { values } = parseArgs({ options: { seconds: { type: "string", default: "60" }, seed: { type: "string" } } });
const seconds = Number(values.seconds);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
if (!(seconds > 0) || !Number.isInteger(seed)) {
  process.stderr.write("usage: npm run fuzz -- --seconds N [--seed S]\n");
  process.exit(2);
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

function tell({ target, number, bytes, fault }: Crash): void {
  say(`${target}, try ${number}: ${fault}\n  ${JSON.stringify(bytes.toString("latin1").slice(0, 600))}`);
}

/** Megabytes a minute, by least squares. */
function slope(samples: readonly (readonly [minute: number, mb: number])[]): number {
  const mean = (list: number[]): number => list.reduce((sum, one) => sum + one, 0) / list.length;
  const [x, y] = [mean(samples.map(([minute]) => minute)), mean(samples.map(([, mb]) => mb))];
  const [up, down] = samples.reduce(
    ([above, below], [minute, mb]) => [above + (minute - x) * (mb - y), below + (minute - x) ** 2],
    [0, 0],
  );
  return down === 0 ? 0 : up / down;
}

async function live(ms: number): Promise<{ tried: Record<string, number>; growth: number; faults: string }> {
  const fuzz = await LiveFuzz.start();
  const begin = performance.now();
  const samples: [number, number][] = [];
  while (performance.now() - begin < ms) {
    await fuzz.turn(seed);
    samples.push([(performance.now() - begin) / 60_000, fuzz.memory]);
  }
  const growth = slope(samples.slice(samples.length / 2));
  const { faults } = fuzz;
  await fuzz.end();
  return { tried: fuzz.tried, growth, faults };
}

say(`seed ${seed}, ${seconds} s`);
let [crashes, all] = [0, 0];
for (const target of targets) {
  const { next, crashes: found } = tryFor(target, seed, 0, (seconds * 500) / targets.length);
  found.forEach(tell);
  crashes += found.length;
  all += next;
  say(`${target.name}: ${next} tried, ${found.length} crashes`);
}
const { tried, growth, faults } = await live(seconds * 500);
for (const [way, count] of Object.entries(tried)) {
  all += count;
  say(`a running server by ${way}: ${count} tried`);
}
if (faults !== "") say(faults);
crashes += faults === "" ? 0 : faults.split("\n").length;
say(
  `memory of the server in the second half: ${growth.toFixed(2)} MB/min${seconds < 240 ? " (still warming up)" : ""}, all gauges 0`,
);
say(`${all} messages tried, ${crashes} crashes, seed ${seed}`);
process.exit(crashes > 0 ? 1 : 0);
