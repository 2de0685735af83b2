import { spawn, type ChildProcess } from "node:child_process";
import { resolve } from "node:path";
import { entryOf, loaderOf } from "./entry.ts";
import { until } from "./until.ts";

const root = resolve(import.meta.dirname, "../..");

export interface ProgramOptions {
  /** All `GATEWAY_*` settings; none of the surroundings counts. */
  readonly env?: NodeJS.ProcessEnv;
  readonly args?: readonly string[];
  /** Runs inside this command. */
  readonly prefix?: readonly string[];
}

/** A program of the project as a user starts it, in a process group of its own as a shell would make it. */
export class Program {
  readonly process: ChildProcess;
  #output = "";

  private constructor(child: ChildProcess) {
    this.process = child;
    child.stdout?.on("data", (text) => (this.#output += String(text)));
    child.stderr?.on("data", (text) => (this.#output += String(text)));
    running.add(this);
    child.once("exit", () => running.delete(this));
  }

  /** `source` is seen from the project's root; where there is a build of it (see `entryOf`), that runs. */
  static start(source: string, { env = {}, args = [], prefix = [] }: ProgramOptions = {}): Program {
    const file = entryOf(source);
    const [command = "", ...words] = [...prefix, process.execPath, ...loaderOf(file), file, ...args];
    const child = spawn(command, words, {
      cwd: root,
      env: { ...surroundings(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    return new Program(child);
  }

  /** Standard output and error so far. */
  get output(): string {
    return this.#output;
  }

  /** Waits until it has printed this. */
  printed(pattern: RegExp, withinMs = 20_000): Promise<RegExpExecArray> {
    const look = (): RegExpExecArray | undefined => {
      if (this.#code !== undefined) throw new Error(`ended with ${this.#code}: ${this.#output}`);
      return pattern.exec(this.#output) ?? undefined;
    };
    return until(String(pattern), look, withinMs).catch((fault: unknown) => {
      throw new Error(`not printed: ${pattern}, but ${this.#output}`, { cause: fault });
    });
  }

  /** Its exit code, or the signal that ended it. */
  exited(withinMs = 15_000): Promise<number | string> {
    return until("the program's end", () => this.#code, withinMs);
  }

  /** Ctrl-C at the terminal: every process of the group gets the signal. Nothing when it has ended. */
  interrupt(signal: NodeJS.Signals = "SIGINT"): void {
    if (this.process.pid !== undefined && this.#code === undefined) process.kill(-this.process.pid, signal);
  }

  get #code(): number | string | undefined {
    return this.process.exitCode ?? this.process.signalCode ?? undefined;
  }
}

/** No program outlives the test run. */
const running = new Set<Program>();
process.once("exit", () => running.forEach((program) => program.interrupt("SIGTERM")));

const surroundings = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GATEWAY_")));
