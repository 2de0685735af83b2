import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What one run of load gave. */
export interface Sample {
  /** Calls a second that were started. */
  readonly rate: number;
  readonly calls: number;
  readonly failed: number;
  /** Messages that had to be sent again. */
  readonly repeated: number;
  /** From INVITE to 200 (REGISTER to 200), in milliseconds, sorted. */
  readonly delays: readonly number[];
}

/** The value below which a share of the delays lies; 0 when there is none. */
export function percentile({ delays }: Sample, share: number): number {
  return delays[Math.min(delays.length - 1, Math.floor(delays.length * share))] ?? 0;
}

export interface LoadOptions {
  readonly scenario: "caller" | "callee" | "registrant" | "pinger" | "overloader";
  /** Own UDP port on loopback; sipp binds the next few for media that it never sends. */
  readonly port: number;
  /** `host:port` to call; without it sipp waits to be called, until it is stopped. */
  readonly target?: string;
  readonly rate?: number;
  readonly calls?: number;
  /** How long a call lasts, in milliseconds (default 100). */
  readonly talkMs?: number;
  /** Lines of `[field0]` and `[field1]`. */
  readonly fields?: readonly string[];
  /** When the run is given up, in milliseconds. */
  readonly withinMs?: number;
}

/** sipp, the load generator: it shares the machine with what it measures. */
export class Load {
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #options: LoadOptions;
  readonly #exited: Promise<unknown>;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#folder = mkdtempSync(join(tmpdir(), "offhook-bench-"));
    const { scenario, port, target, rate = 10, calls, talkMs = 100, fields, withinMs = 60_000 } = options;
    if (fields) writeFileSync(join(this.#folder, "fields.csv"), ["SEQUENTIAL", ...fields, ""].join("\n"));
    const args = [
      ...(target === undefined ? [] : [target]),
      ...["-sf", join(import.meta.dirname, "scenarios", `${scenario}.xml`), "-nostdin", "-l", "100000"],
      ...["-i", "127.0.0.1", "-p", String(port), "-mi", "127.0.0.1", "-mp", String(port + 2), "-t", "u1"],
      ...["-r", String(rate), ...(calls === undefined ? [] : ["-m", String(calls)]), "-d", String(talkMs)],
      ...(fields ? ["-inf", "fields.csv"] : []),
      ...(target === undefined ? [] : ["-trace_stat", "-trace_rtt", "-rtt_freq", "1"]),
      ...["-timeout", `${Math.ceil(withinMs / 1000)}s`, "-timeout_error", "-buff_size", "4194304"],
    ];
    this.#process = spawn("sipp", args, { cwd: this.#folder, stdio: "ignore", env: { ...process.env, TERM: "dumb" } });
    running.add(this.#process);
    this.#exited = new Promise((resolve) => this.#process.once("exit", resolve));
  }

  /** Waits for the end of the run. */
  async done(): Promise<Sample> {
    await this.#exited;
    const last = this.#table("_.csv").at(-1) ?? {};
    const delays = this.#table("_rtt.csv").map((row) => Number(row["response_time_ms"]));
    const { rate = 0, calls = 0 } = this.#options;
    const good = Number(last["SuccessfulCall(C)"] ?? 0);
    this.#release();
    return {
      rate,
      calls,
      failed: calls - good,
      repeated: Number(last["Retransmissions(C)"] ?? 0),
      delays: delays.sort((a, b) => a - b),
    };
  }

  async stop(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#exited;
    this.#release();
  }

  #release(): void {
    running.delete(this.#process);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The rows of a file of semicolons by their header names. */
  #table(ending: string): Record<string, string>[] {
    const file = readdirSync(this.#folder).find((name) => name.endsWith(ending));
    const [head = "", ...rows] = file === undefined ? [] : readFileSync(join(this.#folder, file), "utf8").split("\n");
    const names = head.split(";");
    return rows
      .filter((row) => row !== "")
      .map((row) => Object.fromEntries(row.split(";").map((value, column) => [names[column] ?? "", value])));
  }
}

/** No load outlives the run. */
const running = new Set<ChildProcess>();
process.once("exit", () => running.forEach((child) => child.kill("SIGKILL")));
