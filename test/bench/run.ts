import { packages, prepare } from "../../gateway/setup.mjs";
import { boardLines, isSmooth, measureBoard } from "./board.ts";
import { SipToSip } from "./gateway-subjects.ts";
import { highestRate, type Subject } from "./highest-rate.ts";
import { measurePlatform } from "./platform/platform.ts";
import { measureOverload, overloadLines } from "./overload.ts";
import { leftLine, memoryLine, rateHead, rateLine, ratioLine, ratioLines, surroundings } from "./report.ts";
import { type Row, rowsOf } from "./rows.ts";
import { ServerWithApp } from "./server-subjects.ts";
import { residentOf, usageOf } from "./usage.ts";

// npm run bench: how many calls a second, how quickly, and what one costs. Ends by itself in less than four minutes.
// `npm run bench -- NAME…` measures the named rows only; `sip` is all rows of the SIP server alone, and `overload`
// offers it twice what it is good for, `overload=400` twice that many calls a second; `board` draws on a whiteboard of
// 1,000 elements in Chromium; `platform` measures sessions, presence and messages beside Socket.IO. It measures the build, on loopback alone.

const standingCalls = 1000;
/** Four minutes are the limit, and a row takes half of one. */
const latestStartSeconds = 195;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
/** Proved rates by row. */
const proved = new Map<string, number>();

/** Prints the row; false when no rate was clean. */
async function measure({ name, what, from, searchMs, comparedWith, start }: Row): Promise<boolean> {
  const subject = await start();
  try {
    const memory = await memoryPerCall(subject);
    const before = usageOf(subject.processes, residentOf);
    const proof = await highestRate(subject, from, searchMs);
    say(proof ? rateLine(what, proof) : `${what}: no rate was clean; is the machine busy with something else?`);
    if (!proof) return false;
    proved.set(name, proof.rate);
    if (name === "calls" || name === "sip-b2bua") say(ratioLines(proof));
    if (comparedWith !== undefined) say(ratioLine(proved.get(comparedWith), proof.rate));
    if (memory) say(memoryLine(standingCalls, memory));
    if (name === "sip-b2bua") await sayWhatIsLeft(subject, before);
    return true;
  } finally {
    await subject.stop();
  }
}

async function memoryPerCall(subject: Subject) {
  const joins = subject instanceof ServerWithApp && subject.limits && subject.canTellMemory;
  return subject instanceof SipToSip || joins ? subject.memoryPerCall(standingCalls) : undefined;
}

/** What the load leaves behind once its transactions are over. */
async function sayWhatIsLeft(subject: Subject, before: ReturnType<typeof usageOf>): Promise<void> {
  const loaded = usageOf(subject.processes, residentOf);
  if (subject instanceof ServerWithApp) await subject.quiet();
  say(leftLine(before, loaded, usageOf(subject.processes, residentOf)));
}

const wanted = process.argv.slice(2);
await prepare({ debian: { ...packages.relay, "sip-tester": "sipp" }, build: true, yes: true });
const began = performance.now();
const seconds = (): number => Math.round((performance.now() - began) / 1000);
let failed = 0;
say(surroundings());
const rows = rowsOf(wanted);
if (rows.length > 0) say(`\n${rateHead}`);
for (const row of rows) {
  if (row.skip !== undefined) {
    say(`${row.what}: skipped, ${row.skip}`);
    continue;
  }
  if (seconds() > latestStartSeconds) say(`${row.what}: not measured, there is no time left`);
  else if (await measure(row)) continue;
  failed++;
}
const overloads = wanted.flatMap((name) => /^overload(?:=(\d+))?$/.exec(name) ?? []);
if (overloads.length > 0) {
  const overload = await measureOverload(overloads[1] === undefined ? undefined : Number(overloads[1]));
  say(overload ? `\n${overloadLines(overload)}` : "No rate was clean; is the machine busy with something else?");
  if (!overload?.good) failed++;
}
if (wanted.includes("board")) {
  const figures = await measureBoard();
  say(`\n${boardLines(figures)}`);
  if (!isSmooth(figures)) failed++;
}
if (wanted.includes("platform")) {
  say("");
  if (!(await measurePlatform(say))) failed++;
}
say(
  `\nIn ${seconds()} s. A rate counts when no call failed and p95 of the set-up was 50 ms or less; for rows of the SIP ` +
    "server alone, when fewer than one in a thousand failed and p95 was 10 ms or less.",
);
process.exit(failed === 0 ? 0 : 1);
