import { readFileSync, rmSync, writeFileSync } from "node:fs";
import type { ProcessMark } from "../../base/process.ts";
import { isRecord, parseJson } from "../../base/json.ts";

/** What must be known of an rtpengine of ours to use it again after we were killed. */
export interface ChildState extends ProcessMark {
  readonly version: string;
  /** UDP port of the ng protocol, on loopback. */
  readonly ngPort: number;
  /** TCP port of its command line interface, on loopback. */
  readonly cliPort: number;
  /** UDP port at which it reports key presses, on loopback. */
  readonly dtmfPort: number;
  /** How it was started: another configuration needs another process. */
  readonly settings: string;
}

/** Undefined when there is none, or none that can be read. */
export function readChildState(file: string): ChildState | undefined {
  try {
    return parseJson(readFileSync(file, "utf8"), isChildState);
  } catch {
    return undefined;
  }
}

export function writeChildState(file: string, state: ChildState): void {
  writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
}

export function removeChildState(file: string): void {
  rmSync(file, { force: true });
}

const numbers = ["pid", "ngPort", "cliPort", "dtmfPort"];
const texts = ["startTime", "version", "settings"];

const isChildState = (value: unknown): value is ChildState =>
  isRecord(value) &&
  numbers.every((name) => typeof value[name] === "number") &&
  texts.every((name) => typeof value[name] === "string");
