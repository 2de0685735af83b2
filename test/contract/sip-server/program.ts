import { spawn } from "node:child_process";
import { join } from "node:path";
import { until } from "../../support/until.ts";
import type { Server } from "./suppliers.ts";

export interface RunningProgram {
  /** The lines that it printed so far. */
  lines(): string[];
  /** Resolves when that many lines equal `line`. */
  printed(line: string, count?: number): Promise<unknown>;
  stop(): Promise<unknown>;
}

/** Runs one of the programs in `programs/` as its own process against `server`. */
export async function runProgram(name: string, server: Server, ...args: string[]): Promise<RunningProgram> {
  const { host, port, secret } = server.control;
  const file = join(import.meta.dirname, "programs", `${name}.mjs`);
  const child = spawn(process.execPath, [file, host, String(port), secret, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (text += String(chunk)));
  const exited = new Promise((done) => child.once("exit", done));
  const lines = (): string[] => text.split("\n").filter((line) => line !== "");
  return {
    lines,
    printed: (line, count = 1) =>
      until(
        `${name} prints "${line}" ${count} times (printed: ${lines().join(" / ")})`,
        () => lines().filter((one) => one.startsWith(line)).length >= count,
        10_000,
      ),
    stop: () => {
      child.kill("SIGKILL");
      return exited;
    },
  };
}
