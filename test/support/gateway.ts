import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { entryOf, loaderOf } from "./entry.ts";
import { claimPorts, type PortRange } from "./ports.ts";
import { until } from "./until.ts";

/** Settings as `GATEWAY_*` variables take them, and trees that only the file takes. */
export interface GatewayOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Settings of the rig that are left out, so that the product's defaults hold. */
  readonly without?: readonly string[];
  readonly trunks?: readonly object[];
  /** More accounts, or others of the same names. */
  readonly accounts?: readonly TestAccount[];
  /** More of the configuration file, by section. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The program (default `gateway/main.ts`, or its build: see `entryOf`). */
  readonly entry?: string;
  /** Runs inside this command, such as `ip netns exec NAME`. */
  readonly prefix?: readonly string[];
  /** An earlier gateway's directory: what it left is found. */
  readonly stateDir?: string;
  /** The ports of an earlier gateway. */
  readonly ports?: PortRange;
}

export interface TestAccount {
  readonly user: string;
  readonly name?: string;
  readonly sipPassword?: string;
  readonly password?: string;
  readonly sip?: { readonly md5: string; readonly sha256: string };
  readonly role?: "user" | "support" | "operator";
  readonly media?: "rtp" | "srtp";
  readonly autoAnswer?: boolean;
}

/** RFC 3261 T1 in milliseconds: a tenth of the real one, but in `npm run test:long`. */
export const t1 = Number(process.env["OFFHOOK_TEST_T1"] ?? 50);

/** The timeout of a suite's tests and hooks, in milliseconds. */
export const patience = 40_000 + 64 * t1;

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
export const domain = "offhook.test";
export const otherDomain = "other.test";

/** Long and odd, so that a search of the logs for it cannot hit by chance. */
const password = (name: string): string => `pw-${name}-5f1d9c2e`;

const people = ["alice", "bob", "carol", "dave", "erin"];
const accounts: readonly TestAccount[] = [
  ...people.map((name) => ({
    user: `${name}@${domain}`,
    name: name[0]?.toUpperCase() + name.slice(1),
    sipPassword: password(name),
  })),
  { user: `sally@${domain}`, name: "Sally", sipPassword: password("sally"), media: "srtp" },
  { user: `mallory@${otherDomain}`, name: "Mallory", sipPassword: password("mallory") },
];

/** Everything that must not stand in a log. */
export const secretsOf = (options: GatewayOptions): string[] => [
  ...(options.env?.GATEWAY_AUTH_SECRET ? [options.env.GATEWAY_AUTH_SECRET] : []),
  ...accounts.flatMap(({ sipPassword }) => (sipPassword ? [sipPassword] : [])),
  ...(options.accounts ?? []).flatMap(({ sipPassword }) => (sipPassword ? [sipPassword] : [])),
];

/**
 * A gateway as a process of its own, with its SIP server and relay, on ports and in a directory of its own. T1 is
 * 50 ms, so that 64·T1 is 3.2 s (see `t1`); media.timeout is 4 s, session.grace 2 s.
 */
export class TestGateway {
  readonly httpPort: number;
  readonly sipPort: number;
  readonly wsPort: number;
  readonly stateDir: string;
  readonly ports: PortRange;
  readonly process: ChildProcess;
  readonly #sockets = new Map<number, number>();
  /** What must not stand in a log; a test adds the tokens and keys that it uses. */
  readonly secrets: Set<string>;
  readonly #options: GatewayOptions;
  readonly #dir: string;

  private constructor(parts: {
    options: GatewayOptions;
    dir: string;
    ports: PortRange;
    layout: Layout;
    child: ChildProcess;
  }) {
    this.#options = parts.options;
    this.secrets = new Set(secretsOf(parts.options));
    this.#dir = parts.dir;
    this.ports = parts.ports;
    this.process = parts.child;
    this.stateDir = parts.layout.stateDir;
    this.httpPort = parts.layout.http;
    this.sipPort = parts.layout.sip;
    this.wsPort = parts.layout.ws;
  }

  static async start(options: GatewayOptions = {}): Promise<TestGateway> {
    const ports = options.ports ?? (await claimPorts(399));
    return TestGateway.#launch(options, mkdtempSync(join(tmpdir(), "offhook-")), ports);
  }

  static async #launch(options: GatewayOptions, dir: string, ports: PortRange): Promise<TestGateway> {
    const layout = layoutOf(options, dir, ports);
    const child = run(options, layout, dir);
    const gateway = new TestGateway({ options, dir, ports, layout, child });
    try {
      await until("the gateway", () => gateway.#isReady(), 20_000);
      if (!options.env?.["NO_MEDIA"]) gateway.#countSockets();
    } catch (fault) {
      child.kill("SIGKILL");
      throw new Error(`the gateway did not start: ${gateway.log()}`, { cause: fault });
    }
    return gateway;
  }

  get url(): string {
    return `http://localhost:${this.httpPort}`;
  }

  get wsUrl(): string {
    return `ws://localhost:${this.httpPort}/ws`;
  }

  /** `host:port` of SIP for softphones on this machine. */
  get sip(): string {
    return `127.0.0.1:${this.sipPort}`;
  }

  /** `host:port` of each listener of its SIP server for `udp`, `tcp`, `tls`, `ws` or `wss`. */
  sipListeners(protocol: string): string[] {
    const { sip } = JSON.parse(readFileSync(join(this.stateDir, "sip-server.json"), "utf8")) as { sip: string[] };
    return sip.flatMap((one) => (one.startsWith(`${protocol}/`) ? [one.slice(protocol.length + 1)] : []));
  }

  /** What a softphone of the user registers with. */
  registrar(name: string, transport: "udp" | "tcp" = "udp", of = domain) {
    return { domain: of, password: password(name), outbound: this.sip, transport };
  }

  /** Standard output and error so far. */
  log(): string {
    return readFileSync(join(this.#dir, "gateway.log"), "utf8");
  }

  /** Every log of the gateway and its children. */
  logs(): string {
    const children = readdirSync(this.stateDir).filter((name) => name.endsWith(".log"));
    return [this.log(), ...children.map((name) => readFileSync(join(this.stateDir, name), "utf8"))].join("\n");
  }

  /** Every metric without labels, and those with labels under their full name. */
  async metrics(): Promise<Record<string, number>> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const types = text.match(/^# TYPE \S+/gm) ?? [];
    assert.equal(new Set(types).size, types.length, "a metric of the gateway and one of its SIP server have one name");
    const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    return Object.fromEntries(
      lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
    );
  }

  /** All that is open is closed again: within 5 s after 64·T1 every gauge is zero, and no socket is left. */
  async assertIdle(withinMs = 5000 + 64 * t1): Promise<void> {
    let open: Record<string, number> = {};
    const idle = async (): Promise<boolean> => {
      open = Object.fromEntries(
        Object.entries(await this.metrics()).filter(([name, value]) => gauges.has(name) && value !== 0),
      );
      for (const [pid, before] of this.#sockets)
        if (udpSocketsOf(pid) > before) open[`UDP sockets of ${pid}`] = udpSocketsOf(pid) - before;
      return Object.keys(open).length === 0;
    };
    await until("every gauge back to zero", idle, withinMs).catch(() => assert.deepEqual(open, {}));
  }

  /** What the processes hold when nobody has come yet. */
  #countSockets(): void {
    for (const pid of [...this.children(), this.process.pid ?? 0]) this.#sockets.set(pid, udpSocketsOf(pid));
  }

  /** Ends it as Ctrl-C does, or as an orderly system does, and checks that nothing of it is left. */
  async stop(signal: "SIGINT" | "SIGTERM" = "SIGINT"): Promise<void> {
    const children = this.children();
    // The children's logs and secrets go with them.
    const before = this.logs();
    for (const secret of this.#ownSecrets()) this.secrets.add(secret);
    if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill(signal);
    const code = await until(
      "the gateway's end",
      () => this.process.exitCode ?? this.process.signalCode ?? undefined,
      10_000,
    );
    const logs = `${before}\n${this.logs()}`;
    await this.#remove();
    assert.equal(code, 0, `exit code ${code}: ${logs.slice(-2000)}`);
    for (const pid of children) assert.ok(!alive(pid), `process ${pid} of the gateway lives on`);
    for (const secret of this.secrets) assert.ok(!logs.includes(secret), "a password, token or key stands in a log");
  }

  /** Dies at once; what it started lives on. */
  async kill(): Promise<void> {
    this.process.kill("SIGKILL");
    await until("the gateway's death", () => this.process.signalCode ?? undefined);
  }

  /** Starts it again after `kill`: the same settings, directory and ports, and the log goes on. */
  restart(): Promise<TestGateway> {
    return TestGateway.#launch(this.#options, this.#dir, this.ports);
  }

  /** Gives up its directory and ports, after `kill`. */
  forget(): Promise<void> {
    return this.#remove();
  }

  /** Process ids that the directory names. */
  children(): number[] {
    const files = readdirSync(this.stateDir).filter((name) => name.endsWith(".json") && name !== "gateway.json");
    return files.map((name) => Number(JSON.parse(readFileSync(join(this.stateDir, name), "utf8")).pid));
  }

  /** What the gateway made for itself. */
  #ownSecrets(): string[] {
    const files = readdirSync(this.stateDir).filter((name) => name.endsWith(".secret"));
    return files.map((name) => readFileSync(join(this.stateDir, name), "utf8").trim());
  }

  async #isReady(): Promise<boolean> {
    if (this.process.exitCode !== null) throw new Error(`exit code ${this.process.exitCode}`);
    const health = await fetch(`${this.url}/health`)
      .then((reply) => reply.json() as Promise<{ sip: boolean; media: boolean }>)
      .catch(() => undefined);
    return health?.sip === true && (health.media || this.#options.env?.NO_MEDIA !== undefined);
  }

  async #remove(): Promise<void> {
    if (!this.#options.ports) await this.ports.release();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

const gauges = new Set(
  [
    "calls",
    "calls_connected",
    "sessions",
    "sessions_away",
    "websocket_connections",
    "polling_connections",
    "dialogs",
    "relay_sessions",
    "player_sessions",
    "registrations",
    "presence_groups",
    "presence_members",
    "presence_watchers",
    "webhook_events_waiting",
    "whiteboards_open",
    "hosted_legs",
    "remote_legs",
    "pushes_sending",
    "calls_asleep",
  ]
    .concat([
      "sip_transactions",
      "sip_dialogs",
      "sip_timers",
      "sip_connections_tcp",
      "sip_connections_ws",
      "sip_registered_flows",
    ])
    .map((name) => `offhook_${name}`),
);

interface Layout {
  readonly stateDir: string;
  readonly http: number;
  readonly sip: number;
  readonly ws: number;
  readonly env: NodeJS.ProcessEnv;
}

function layoutOf(options: GatewayOptions, dir: string, ports: PortRange): Layout {
  const stateDir = options.stateDir ?? join(dir, "state");
  const [http, sip, ws] = [ports.first, ports.first + 1, ports.first + 2];
  const file = join(dir, "gateway.yaml");
  const tree = {
    domains: [domain, otherDomain],
    accounts: [
      ...accounts.filter(({ user }) => !options.accounts?.some((other) => other.user === user)),
      ...(options.accounts ?? []),
    ],
    trunks: options.trunks ?? [],
    ...options.settings,
  };
  writeFileSync(file, JSON.stringify(tree), { mode: 0o600 });
  const { NO_MEDIA, ...given } = options.env ?? {};
  const without = Object.fromEntries((options.without ?? []).map((name) => [name, undefined]));
  return {
    stateDir,
    http,
    sip,
    ws,
    env: {
      GATEWAY_CONFIG: file,
      GATEWAY_STATE_DIR: stateDir,
      GATEWAY_HTTP_PORT: String(http),
      GATEWAY_SIP_PORT: String(sip),
      GATEWAY_SIP_WEB_SOCKET_PORT: String(ws),
      GATEWAY_SIP_ADDRESSES: "127.0.0.1",
      GATEWAY_SIP_T1: String(t1),
      GATEWAY_SIP_T2: String(8 * t1),
      GATEWAY_SIP_T4: String(10 * t1),
      GATEWAY_MEDIA_PORT_MIN: String(ports.first + 10),
      GATEWAY_MEDIA_PORT_MAX: String(ports.last),
      GATEWAY_MEDIA_TIMEOUT: "4000",
      GATEWAY_SESSION_GRACE: "2000",
      GATEWAY_CALL_STARTS_PER_MINUTE: "600",
      GATEWAY_LOG_LEVEL: "debug",
      ...without,
      ...given,
      ...(NO_MEDIA && { PATH: NO_MEDIA }),
    },
  };
}

/** No gateway outlives the test run. */
const running = new Set<ChildProcess>();
process.once("exit", () => running.forEach((child) => child.kill("SIGTERM")));

function run(options: GatewayOptions, layout: Layout, dir: string): ChildProcess {
  const { prefix = [], entry = entryOf("gateway/main.ts") } = options;
  const log = openSync(join(dir, "gateway.log"), "a");
  const [command = "", ...args] = [...prefix, process.execPath, ...loaderOf(entry), join(root, entry)];
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, ...layout.env },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

/** UDP sockets of a process, media ports among them; 0 when it is gone. Connections have gauges of their own. */
function udpSocketsOf(pid: number): number {
  try {
    const udp = ["udp", "udp6"].flatMap((name) =>
      readFileSync(`/proc/${pid}/net/${name}`, "utf8").trim().split("\n").slice(1),
    );
    const inodes = new Set(udp.map((line) => `socket:[${line.trim().split(/\s+/)[9]}]`));
    return readdirSync(`/proc/${pid}/fd`).filter((fd) => inodes.has(readlink(`/proc/${pid}/fd/${fd}`))).length;
  } catch {
    return 0;
  }
}

function readlink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

function alive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
