import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import type { Clock } from "./clock.ts";
import { pause } from "./clock.ts";
import { CodedError } from "./errors.ts";

/** Names one process for good: a pid alone may have been given to another process since. */
export interface ProcessMark {
  readonly pid: number;
  /** Start time in clock ticks since boot, as /proc prints it. */
  readonly startTime: string;
}

/** A program could not be started: `not-found` when it is not installed. */
export class SpawnError extends CodedError<"not-found" | "failed"> {}

/** The mark of a running process; undefined when there is none (a zombie counts as none). */
export function markOf(pid: number): ProcessMark | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : { pid, startTime: fields[19] ?? "" };
  } catch {
    return undefined;
  }
}

/** How many files and sockets this process may have open. */
export function openFilesLimit(): number {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
    return Number(soft ?? Infinity);
  } catch {
    return Infinity; // not Linux: nobody tells
  }
}

export function isRunning(mark: ProcessMark): boolean {
  return markOf(mark.pid)?.startTime === mark.startTime;
}

/** Ends the process: SIGTERM, and SIGKILL after `graceMs` milliseconds. Resolves when it is gone. */
export async function stopProcess(mark: ProcessMark, clock: Clock, graceMs = 3000): Promise<void> {
  const deadline = clock.monotonic() + graceMs;
  signal(mark, "SIGTERM");
  while (isRunning(mark)) {
    if (clock.monotonic() > deadline) signal(mark, "SIGKILL");
    await pause(clock, 20);
  }
}

/** Ends a process that does not listen any more, at once. */
export function killProcess(mark: ProcessMark): void {
  signal(mark, "SIGKILL");
}

/**
 * Starts a program that outlives us, its output appended to `logFile`; never a pipe of ours.
 * @throws SpawnError
 */
export function spawnDetached(command: string, args: readonly string[], logFile: string): Promise<ProcessMark> {
  const output = openSync(logFile, "a", 0o600);
  return new Promise<ProcessMark>((resolve, reject) => {
    const child = spawn(command, args, { detached: true, stdio: ["ignore", output, output] });
    child.once("error", (fault: NodeJS.ErrnoException) => {
      const code = fault.code === "ENOENT" ? "not-found" : "failed";
      reject(new SpawnError(code, `${command} could not be started: ${fault.message}`));
    });
    child.once("spawn", () => {
      const mark = child.pid === undefined ? undefined : markOf(child.pid);
      child.unref();
      if (mark) resolve(mark);
      else reject(new SpawnError("failed", `${command} ended at once, see ${logFile}`));
    });
  }).finally(() => closeSync(output));
}

function signal(mark: ProcessMark, name: NodeJS.Signals): void {
  try {
    if (isRunning(mark)) process.kill(mark.pid, name);
  } catch {
    // gone between the look and the signal
  }
}
