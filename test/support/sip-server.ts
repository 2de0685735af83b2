import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pause, systemClock } from "../../gateway/base/clock.ts";
import { isRecord, parseJson } from "../../gateway/base/json.ts";
import { entryOf, loaderOf } from "./entry.ts";

const root = resolve(import.meta.dirname, "../..");

export interface SipServerOptions {
  /** RFC 3261 T1 in milliseconds; suites run scaled. */
  t1?: number;
  /** SIP addresses; default: UDP and TCP on one free port, WebSocket on another, of 127.0.0.1. */
  sip?: string;
  args?: readonly string[];
  /** A command that runs another one, as `prlimit --nofile=64`. */
  under?: readonly string[];
  /** Options of Node.js. */
  node?: readonly string[];
  /** Where its log goes instead of to the test: an open file. */
  stderr?: number;
  /** The program (default `gateway/sip-server/main.ts`, or its build: see `entryOf`). */
  entry?: string;
}

export interface RunningSipServer {
  readonly pid: number;
  readonly control: { host: string; port: number; secret: string };
  /** The port for applications that connect by TLS. */
  readonly controlTls?: number;
  /** Ports; undefined for what is not bound. */
  readonly sip: { host: string; udp?: number; tcp?: number; tls?: number; ws?: number; wss?: number };
  /** Every bound address, as `udp/127.0.0.1:5060`. */
  readonly addresses: readonly string[];
  readonly metricsUrl: string;
  /** What it wrote to standard error so far. */
  log(): string;
  /** One value of /metrics; 0 when it is not there. */
  metric(name: string): Promise<number>;
  /** Resolves when everything of the server is back at 0, else rejects with what is not. */
  drained(withinMs: number): Promise<void>;
  /** Resolves with the exit code when the process has ended. */
  readonly ended: Promise<number>;
  /** Stops the process and resolves with its exit code. */
  stop(): Promise<number>;
  /** Ends it as a crash would. */
  kill(): Promise<number>;
}

/** Starts the real SIP server process on free ports. */
export async function startSipServer(options: SipServerOptions = {}): Promise<RunningSipServer> {
  const folder = mkdtempSync(join(tmpdir(), "offhook-sip-"));
  const ready = join(folder, "ready.json");
  const secret = "cymru";
  const t1 = options.t1 ?? 50;
  const entry = options.entry ?? entryOf("gateway/sip-server/main.ts");
  const [command = process.execPath, ...args] = [
    ...(options.under ?? []),
    process.execPath,
    ...(options.node ?? []),
    ...loaderOf(entry),
    join(root, entry),
    ...["--sip", options.sip ?? "udp/127.0.0.1:0,tcp/127.0.0.1:0,ws/127.0.0.1:0"],
    ...["--control", "127.0.0.1:0", "--secret", secret, "--metrics", "127.0.0.1:0", "--ready-file", ready],
    ...["--t1", String(t1), "--t2", String(8 * t1), "--t4", String(10 * t1), ...(options.args ?? [])],
  ];
  const child = spawn(command, args, { cwd: root, stdio: ["ignore", "ignore", options.stderr ?? "pipe"] });
  let log = "";
  child.stderr?.on("data", (text) => (log += String(text)));
  const exited = new Promise<number>((done) => child.once("exit", (code) => done(code ?? -1)));
  const facts = await readReady(ready, exited, () => log);
  rmSync(folder, { recursive: true, force: true });
  const metricsUrl = `http://${facts.metrics}/metrics`;
  const metric = async (name: string): Promise<number> => valueOf(await (await fetch(metricsUrl)).text(), name);
  return {
    pid: facts.pid,
    control: { host: "127.0.0.1", port: portOf(facts.control), secret },
    ...(facts.controlTls !== undefined && { controlTls: portOf(facts.controlTls) }),
    sip: { host: "127.0.0.1", ...portsOf(facts.sip) },
    addresses: facts.sip,
    metricsUrl,
    log: () => log,
    metric,
    ended: exited,
    drained: (withinMs) => drained(metricsUrl, withinMs),
    stop: () => {
      child.kill("SIGTERM");
      return exited;
    },
    kill: () => {
      child.kill("SIGKILL");
      return exited;
    },
  };
}

interface Ready {
  pid: number;
  sip: string[];
  control: string;
  controlTls?: string;
  metrics: string;
}

const isReady = (value: unknown): value is Ready => isRecord(value) && typeof value["control"] === "string";

async function readReady(file: string, exited: Promise<number>, log: () => string): Promise<Ready> {
  let ended: number | undefined;
  void exited.then((code) => (ended = code));
  for (let tries = 0; tries < 600; tries++) {
    try {
      return parseJson(readFileSync(file, "utf8"), isReady);
    } catch {
      if (ended !== undefined) throw new Error(`the SIP server ended with code ${ended}: ${log()}`);
      await pause(systemClock, 20);
    }
  }
  throw new Error(`the SIP server is not ready after 12 s: ${log()}`);
}

const streams = ["connections_tcp", "connections_tls", "connections_ws", "connections_wss"];
const gauges = ["transactions", "dialogs", "timers", ...streams, "connections_accepted", "control_links"];

async function drained(url: string, withinMs: number): Promise<void> {
  const until = Date.now() + withinMs;
  for (;;) {
    const text = await (await fetch(url)).text();
    const left = gauges
      .map((name) => `${name}=${valueOf(text, `offhook_sip_${name}`)}`)
      .filter((one) => !one.endsWith("=0"));
    if (left.length === 0) return;
    if (Date.now() > until) throw new Error(`not back to zero after ${withinMs} ms: ${left.join(" ")}`);
    await pause(systemClock, 50);
  }
}

/** The sum over all labels of one metric. */
function valueOf(text: string, name: string): number {
  const lines = text.split("\n").filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
}

function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(":") + 1));
}

function portsOf(list: readonly string[]): Record<string, number> {
  return Object.fromEntries(list.map((item) => [item.slice(0, item.indexOf("/")), portOf(item)]));
}
