import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { startRedis } from "../../support/redis-server.ts";
import { bytesPerSession, echoesPerSecond, fanOut, latency, storm } from "./measures.ts";
import { Platform } from "./offhook.ts";
import { startEcho, startSocketIo } from "./others.ts";
import type { Side } from "./wire.ts";

const sessions = 5_000;
const crowds = [1_000, 10_000];
const pages = 10_000;
/** Others' libraries for pages, minified and gzipped. */
const otherLibraries = { JsSIP: 55, "SIP.js": 62, Twilio: 47 };
const wantedKilobytes = 35;

type Say = (text: string) => void;

/** Sessions, presence and messages beside `ws` alone and Socket.IO, all on this machine in this run. */
export async function measurePlatform(say: Say): Promise<boolean> {
  await measureOneNode(say);
  await measureTwoNodes(say);
  return measureLibrary(say);
}

async function measureOneNode(say: Say): Promise<void> {
  say(row("One process", ["frames/s", "idle session", ...crowds.map((crowd) => `fan-out to ${crowd}`)]));
  for (const start of [startEcho, () => startSocketIo(), () => Platform.start()]) say(await rowOf(start));
  say(
    "Offhook gathers changes of presence: for 50 ms while 1,000 sessions are open, for twice that with 2,000, and so on.",
  );
  await withSide(
    () => Platform.start(),
    async (platform) => {
      const { allMs, each } = await storm(platform, pages);
      say(
        `\n${pages} pages lose their connection at once: the last is back in its session after ` +
          `${(allMs / 1000).toFixed(1)} s, ${Math.round(pages / (allMs / 1000))} a second, each in ${ms(each)}`,
      );
    },
  );
}

/** Each crowd comes to a server where nobody has been before. */
async function rowOf(start: () => Promise<Side>): Promise<string> {
  const [name, rate, bytes, hears] = await withSide(start, async (side) => [
    side.name,
    await echoesPerSecond(side),
    await bytesPerSession(side, sessions),
    side.audience !== undefined,
  ]);
  const spread: string[] = [];
  for (const crowd of hears ? crowds : []) spread.push(ms(await withSide(start, (side) => fanOut(side, crowd))));
  return row(name, [`${Math.round(rate)}`, `${(bytes / 1024).toFixed(1)} KiB`, ...spread]);
}

async function measureTwoNodes(say: Say): Promise<void> {
  const redis = await startRedis();
  try {
    say(`\n${row("From one node to the other", ["median, p95"])}`);
    const starts: readonly (() => Promise<Side>)[] = [() => startSocketIo(redis.url), () => Platform.start(redis.url)];
    for (const start of starts)
      await withSide(start, async (side) => {
        for (const [name, pair] of Object.entries(side.pairs ?? {}))
          say(row(`${side.name}: ${name}`, [ms(await latency(await pair()))]));
      });
  } finally {
    await redis.stop();
  }
}

function measureLibrary(say: Say): boolean {
  const kilobytes = gzipSync(readFileSync("dist/client/client.js"), { level: 9 }).length / 1000;
  const others = Object.entries(otherLibraries).map(([name, size]) => `${name} ${size}`);
  say(`\nLibrary, minified and gzipped: ${kilobytes.toFixed(1)} KB (${others.join(", ")})`);
  return kilobytes <= wantedKilobytes;
}

async function withSide<T extends Side, R>(start: () => Promise<T>, use: (side: T) => Promise<R>): Promise<R> {
  const side = await start();
  try {
    return await use(side);
  } finally {
    await side.stop();
  }
}

const row = (name: string, columns: readonly string[]): string =>
  name.padEnd(46) + columns.map((column) => column.padStart(20)).join("");

function ms(figures: readonly number[]): string {
  const sorted = [...figures].sort((a, b) => a - b);
  const share = (part: number): string => (sorted[Math.floor((sorted.length - 1) * part)] ?? 0).toFixed(1);
  return `${share(0.5)}, ${share(0.95)} ms`;
}
