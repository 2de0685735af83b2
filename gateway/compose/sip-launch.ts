import { fileURLToPath } from "node:url";
import { pause, type Clock } from "../base/clock.ts";
import { CodedError } from "../base/errors.ts";
import { isRunning, spawnDetached, stopProcess, type ProcessMark } from "../base/process.ts";
import type { StateDir } from "./state-dir.ts";

/** The SIP server did not come up; the message says where its log is. */
export class SipChildError extends CodedError<"failed"> {}

/** Files of SIP over TLS, in PEM. */
export interface SipTls {
  readonly cert: string;
  readonly key: string;
  /** Who may have signed peers' certificates. */
  readonly ca?: string;
  readonly clientCertificates: "none" | "ask" | "require";
}

export interface SipChildOptions {
  /** `proto/host:port` of each listener. */
  readonly listeners: readonly string[];
  /** What peers are told instead of the bound address. */
  readonly announce?: string;
  /** Needed by `tls/…` and `wss/…` listeners. */
  readonly tls?: SipTls;
  /** Milliseconds. */
  readonly timers: { readonly t1: number; readonly t2: number; readonly t4: number };
  readonly linger: number;
  /** More options by name. */
  readonly operation: Readonly<Record<string, string | number | true>>;
  readonly logLevel: string;
}

/** A SIP server process as its ready file describes it; addresses are `host:port`. */
export interface RunningSipServer extends ProcessMark {
  readonly control: string;
  readonly metrics: string;
  readonly sip: readonly string[];
}

const readyFile = "sip-server.json";
const argsFile = "sip-server.args";
const secretFile = "sip-server.secret";
const logFile = "sip-server.log";
const startMs = 10_000;
const answerMs = 1000;

/** The SIP server that an earlier gateway left running here. */
export function leftSipServer(dir: StateDir): RunningSipServer | undefined {
  const left = dir.readMark(readyFile);
  return left && isRunning(left) ? described(left) : undefined;
}

/** True when `left` answers and was started with exactly these options. */
export async function isUsable(left: RunningSipServer, dir: StateDir, options: SipChildOptions): Promise<boolean> {
  return dir.read(argsFile) === argumentsOf(dir, options).join("\n") && (await serves(left));
}

/** Starts a process on any control port; on `again`'s addresses when that one died. @throws SipChildError */
export async function launchSipServer(
  dir: StateDir,
  options: SipChildOptions,
  clock: Clock,
  again?: RunningSipServer,
): Promise<RunningSipServer> {
  sipServerSecret(dir);
  dir.remove(readyFile);
  dir.write(argsFile, argumentsOf(dir, options).join("\n"));
  const args = argumentsOf(dir, again ? { ...options, listeners: again.sip } : options, again);
  const mark = await spawnDetached(process.execPath, [...process.execArgv, entryPoint(), ...args], dir.file(logFile));
  return awaitReady(dir, mark, clock);
}

export function sipServerSecret(dir: StateDir): string {
  return dir.secret(secretFile);
}

/** Its files; the secret goes too. */
export function removeSipServerFiles(dir: StateDir): void {
  for (const name of [readyFile, argsFile, secretFile, logFile]) dir.remove(name);
}

function entryPoint(): string {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return fileURLToPath(new URL(`../sip-server/main.${extension}`, import.meta.url));
}

function argumentsOf(
  dir: StateDir,
  { listeners, announce, tls, timers, linger, operation, logLevel }: SipChildOptions,
  { control, metrics } = { control: "127.0.0.1:0", metrics: "127.0.0.1:0" },
): string[] {
  const options: Record<string, string | number | true> = {
    sip: listeners.join(","),
    ...(announce !== undefined && { "external-ip": announce }),
    ...(tls && tlsArguments(tls)),
    control,
    metrics,
    "secret-file": dir.file(secretFile),
    "ready-file": dir.file(readyFile),
    "state-dir": dir.path,
    linger,
    ...operation,
    // This gateway releases what it finds after a restart: nothing is gained by keeping its calls for long.
    "orphan-timeout": 5000,
    t1: timers.t1,
    t2: timers.t2,
    t4: timers.t4,
    "log-level": logLevel,
  };
  return Object.entries(options).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [`--${name}`, String(value)],
  );
}

const tlsArguments = ({ cert, key, ca, clientCertificates }: SipTls): Record<string, string> => ({
  "tls-cert": cert,
  "tls-key": key,
  ...(ca !== undefined && { "tls-ca": ca }),
  "tls-client-certs": clientCertificates,
});

async function awaitReady(dir: StateDir, mark: ProcessMark, clock: Clock): Promise<RunningSipServer> {
  const deadline = clock.monotonic() + startMs;
  for (;;) {
    const ready = dir.readMark(readyFile);
    if (ready && ready.pid === mark.pid) return described(ready);
    if (!isRunning(mark) || clock.monotonic() > deadline) {
      const said = (dir.read(logFile) ?? "").trim().split("\n").at(-1) ?? "";
      await stopProcess(mark, clock);
      throw new SipChildError("failed", `the SIP server did not start: ${said} (${dir.file(logFile)})`);
    }
    await pause(clock, 20);
  }
}

function described(ready: ProcessMark & Record<string, unknown>): RunningSipServer {
  const { pid, startTime, control, metrics, sip } = ready;
  return {
    pid,
    startTime,
    control: String(control),
    metrics: String(metrics),
    sip: Array.isArray(sip) ? sip.map(String) : [],
  };
}

/** True when it does more than live: it serves its metrics. */
export async function serves({ metrics }: RunningSipServer): Promise<boolean> {
  try {
    const response = await fetch(`http://${metrics}/metrics`, { signal: AbortSignal.timeout(answerMs) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
