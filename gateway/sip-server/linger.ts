import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { isRecord, parseJson } from "../base/json.ts";
import { isRunning, type ProcessMark, stopProcess } from "../base/process.ts";

/** Looks whether anybody still needs the server that often, in parts of the time that it waits. */
const looks = 10;

/**
 * Calls `expired` once `idle` was true for `ms` milliseconds without a break: the program that started us was killed
 * and never came back. Returns what stops the watch.
 */
export function watchIdle(clock: Clock, ms: number, idle: () => boolean, expired: () => void): () => void {
  let since = clock.monotonic();
  const timer = clock.every(Math.max(20, Math.floor(ms / looks)), () => {
    if (!idle()) since = clock.monotonic();
    else if (clock.monotonic() - since >= ms) {
      timer.cancel();
      expired();
    }
  });
  return () => timer.cancel();
}

/** A process NAME has these files, NAME.json naming it; what is to be kept has another ending. */
const endings = [".json", ".args", ".secret", ".log"];

/** Ends the processes that `folder/*.json` names, except this one, and removes their files, its own too. */
export async function stopSiblings(folder: string, clock: Clock): Promise<void> {
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
    const path = join(folder, file);
    const mark = markIn(path);
    if (!mark) continue;
    if (mark.pid !== process.pid && isRunning(mark)) await stopProcess(mark, clock);
    for (const ending of endings) rmSync(join(folder, file.replace(/\.json$/, ending)), { force: true });
  }
}

/** A gateway lives that uses `folder`: it may be starting, and not connected yet. */
export function gatewayRuns(folder: string): boolean {
  const mark = markIn(join(folder, "gateway.json"));
  return mark !== undefined && isRunning(mark);
}

function markIn(path: string): ProcessMark | undefined {
  try {
    return parseJson(readFileSync(path, "utf8"), isMark);
  } catch {
    return undefined;
  }
}

function isMark(value: unknown): value is ProcessMark {
  return isRecord(value) && typeof value["pid"] === "number" && typeof value["startTime"] === "string";
}
