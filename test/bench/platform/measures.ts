import { performance } from "node:perf_hooks";
import { elapsed, until } from "../../support/until.ts";
import { residentOf } from "../usage.ts";
import type { Platform } from "./offhook.ts";
import { inBatches, type Pair, type Side, type Wire } from "./wire.ts";

const warmUpMs = 1_000;
const measureMs = 4_000;
const echoers = 100;
const inFlight = 20;

/** Round trips a second of the smallest request, by many connections that never wait for one another. */
export async function echoesPerSecond(side: Side): Promise<number> {
  const wires = await side.connect(echoers);
  let [echoes, going] = [0, true];
  const lane = async (wire: Wire): Promise<void> => {
    for (; going; echoes++) await wire.echo();
  };
  const lanes = wires.flatMap((wire) => Array.from({ length: inFlight }, () => lane(wire)));
  await elapsed(warmUpMs);
  const [before, since] = [echoes, performance.now()];
  await elapsed(measureMs);
  const rate = ((echoes - before) * 1000) / (performance.now() - since);
  going = false;
  await Promise.all(lanes);
  for (const wire of wires) wire.drop();
  return rate;
}

/** Resident bytes that one idle connection costs the server. */
export async function bytesPerSession(side: Side, count: number): Promise<number> {
  const resident = (): number => side.pids.reduce((sum, pid) => sum + residentOf(pid), 0);
  const first = await side.connect(100);
  await elapsed(1_000);
  const before = resident();
  const wires = await side.connect(count);
  await elapsed(3_000);
  const after = resident();
  for (const wire of [...first, ...wires]) wire.drop();
  return (after - before) / count;
}

/** Milliseconds from what one says until the last of `count` has heard it; one figure a round. */
export async function fanOut(side: Side, count: number, rounds = 10): Promise<readonly number[]> {
  const hall = await side.audience?.(count);
  if (!hall) return [];
  let heard = 0;
  hall.onHeard(() => void heard++);
  const figures: number[] = [];
  // Those who have just come are told the first of it with all that is so, at their own time.
  await hall.say();
  await elapsed(3_000);
  for (let round = 0; round < rounds; round++) {
    heard = 0;
    const since = performance.now();
    await hall.say();
    while (heard < count) await elapsed(1);
    figures.push(performance.now() - since);
    await elapsed(50);
  }
  hall.drop();
  return figures;
}

export interface Storm {
  /** Until the last was back, in milliseconds. */
  readonly allMs: number;
  /** Of each page, from its first attempt. */
  readonly each: readonly number[];
}

/** All pages lose their connection at once, and come back to their sessions as fast as they can. */
export async function storm(platform: Platform, count: number): Promise<Storm> {
  const pages = await platform.connect(count);
  for (const page of pages) page.drop();
  const since = performance.now();
  const each = await inBatches(count, 500, async (index) => {
    const began = performance.now();
    await pages[index]?.resume(platform.url());
    return performance.now() - began;
  });
  const allMs = performance.now() - since;
  for (const page of pages) page.drop();
  return { allMs, each };
}

/** Milliseconds from one node to the other, one value every 10 ms. */
export async function latency({ send, onCame, drop }: Pair, count = 300): Promise<readonly number[]> {
  const sent = new Map<number, number>();
  const figures: number[] = [];
  onCame((value) => figures.push(performance.now() - (sent.get(value) ?? 0)));
  for (let value = 0; value < count; value++) {
    sent.set(value, performance.now());
    void send(value);
    await elapsed(10);
  }
  await until("all", () => figures.length === count, 10_000);
  drop();
  return figures;
}
