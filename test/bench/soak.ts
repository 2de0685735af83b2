import { parseArgs } from "node:util";
import { prepare } from "../../gateway/setup.mjs";
import { elapsed } from "../support/until.ts";
import { ServerWithApp } from "./server-subjects.ts";
import { residentOf, usageOf, type Usage } from "./usage.ts";

// npm run soak -- --minutes N [--rate CALLS]: half the rated load through the SIP server and a B2BUA on drachtio-srf, a
// line each minute. Good (exit code 0) when no call failed, no gauge is left and memory does not grow.

/** Half of what the B2BUA is rated at, in calls a second. */
const usualRate = "200";
/** Bytes a minute; what a process needs at most to find its size is not a leak. */
const maxSlope = 1 << 20;
const looksPerMinute = 6;
/** In shorter runs garbage collection alone decides. */
const leastMinutes = 10;

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "20" }, rate: { type: "string", default: usualRate } },
});
const [minutes, rate] = [Number(values.minutes), Number(values.rate)];
if (!(minutes >= 1 && rate >= 1)) {
  process.stderr.write("usage: npm run soak -- --minutes N [--rate CALLS]\n");
  process.exit(2);
}

interface Look {
  /** Minutes since the start. */
  readonly at: number;
  readonly memory: Usage;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MB`;
const gauges = ["transactions", "dialogs", "unanswered_invites", "timers"];

/** Bytes a minute: the line through these points that lies nearest to all of them. */
function slope(looks: readonly Look[], process: string): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [looks.map(({ at }) => at), looks.map(({ memory }) => memory[process] ?? 0)];
  const [middleX, middleY] = [mean(x), mean(y)];
  const spread = x.reduce((sum, value) => sum + (value - middleX) ** 2, 0);
  return x.reduce((sum, value, at) => sum + (value - middleX) * ((y[at] ?? 0) - middleY), 0) / spread;
}

await prepare({ debian: { "sip-tester": "sipp" }, build: true, yes: true });
const subject = await ServerWithApp.start("joining");
const { metric = async () => 0 } = subject.server;
const gaugeValues = (): Promise<string[]> =>
  Promise.all(gauges.map(async (name) => `${name} ${await metric(`offhook_sip_${name}`)}`));
const calls = rate * minutes * 60;
const load = subject.load({ rate, calls, withinMs: minutes * 60_000 + 60_000 });
let over = false;
const done = load.done().finally(() => (over = true));
const looks: Look[] = [];
const began = performance.now();
for (let look = 1; !over && look <= minutes * looksPerMinute; look++) {
  const due = began + (look * 60_000) / looksPerMinute;
  while (!over && performance.now() < due) await elapsed(Math.min(500, Math.max(1, due - performance.now())));
  const at = look / looksPerMinute;
  const memory = usageOf(subject.processes, residentOf);
  looks.push({ at, memory });
  if (look % looksPerMinute > 0) continue;
  const sizes = Object.entries(memory).map(([name, bytes]) => `${name} ${megabytes(bytes)}`);
  const started = Math.min(calls, Math.round(at * 60 * rate));
  const refused = await metric("offhook_sip_turned_away_total");
  say(`minute ${at}: ${started} calls, ${refused} refused, ${sizes.join(", ")}, ${(await gaugeValues()).join(", ")}`);
}
const sample = await done;
const faults: string[] = [];
await subject.quiet().catch(() => faults.push("gauges are left"));
say(`end: ${sample.calls} calls, ${sample.failed} failed, ${(await gaugeValues()).join(", ")}`);
if (sample.failed > 0) faults.push(`${sample.failed} calls failed`);
const late = looks.slice(Math.floor(looks.length / 2));
for (const name of Object.keys(subject.processes)) {
  const grows = slope(late, name);
  say(
    `${name}: ${megabytes(usageOf(subject.processes, residentOf)[name] ?? 0)}, ${(grows / 2 ** 20).toFixed(2)} MB a minute in the second half`,
  );
  if (minutes < leastMinutes) say(`  not judged: ${leastMinutes} minutes are the least that tell`);
  else if (grows > maxSlope) faults.push(`the memory of ${name} grows`);
}
await subject.stop();
say(faults.length === 0 ? "Good." : `Not good: ${faults.join("; ")}.`);
process.exit(faults.length === 0 ? 0 : 1);
