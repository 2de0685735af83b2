import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSocket } from "node:dgram";
import { isIP } from "node:net";

export interface SippOptions {
  /** A scenario file. */
  scenario: string;
  /** `host:port` to call; without it sipp waits for calls. */
  target?: string;
  /** Local port; default: a free one. */
  port?: number;
  host?: string;
  calls?: number;
  /** Calls a second. */
  rate?: number;
  transport?: "u1" | "t1" | "tn";
  service?: string;
  args?: readonly string[];
  timeoutMs?: number;
}

export interface SippResult {
  /** 0: all calls went as the scenario says. */
  readonly code: number;
  /** The messages that were sent and received, with their times. */
  readonly messages: string;
  /** Why calls failed. */
  readonly errors: string;
}

export interface RunningSipp {
  readonly port: number;
  readonly done: Promise<SippResult>;
  /** Ends it early. */
  stop(): void;
}

/** Runs a sipp scenario to its end. */
export async function runSipp(options: SippOptions): Promise<SippResult> {
  return (await startSipp(options)).done;
}

/** Starts sipp, for scenarios that wait to be called. It ends by itself after `calls` calls. */
export async function startSipp(options: SippOptions): Promise<RunningSipp> {
  const host = options.host ?? "127.0.0.1";
  const port = options.port ?? (await freeUdpPort(host));
  const folder = mkdtempSync(join(tmpdir(), "offhook-sipp-"));
  const timeout = options.timeoutMs ?? 20_000;
  const args = [
    ...(options.target ? [options.target] : []),
    ...[
      "-sf",
      options.scenario,
      "-i",
      isIP(host) === 6 ? `[${host}]` : host,
      "-p",
      String(port),
      "-mi",
      host,
      "-t",
      options.transport ?? "u1",
    ],
    ...["-m", String(options.calls ?? 1), "-r", String(options.rate ?? 10), "-s", options.service ?? "service"],
    ...["-nostdin", "-timeout", `${Math.ceil(timeout / 1000)}s`, "-timeout_error"],
    ...["-trace_msg", "-trace_err", "-message_file", join(folder, "messages"), "-error_file", join(folder, "errors")],
    ...(options.args ?? []),
  ];
  const child = spawn("sipp", args, { cwd: folder, stdio: "ignore", env: { ...process.env, TERM: "dumb" } });
  const done = new Promise<SippResult>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => {
      resolve({ code: code ?? -1, messages: readAll(folder, "messages"), errors: readAll(folder, "errors") });
      rmSync(folder, { recursive: true, force: true });
    });
  });
  return { port, done, stop: () => child.kill("SIGKILL") };
}

/** A port that nobody uses at this moment. */
export function freeUdpPort(host = "127.0.0.1"): Promise<number> {
  const socket = createSocket(isIP(host) === 6 ? "udp6" : "udp4");
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(0, host, () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}

function readAll(folder: string, name: string): string {
  return readdirSync(folder)
    .filter((file) => file === name)
    .map((file) => readFileSync(join(folder, file), "utf8"))
    .join("");
}
