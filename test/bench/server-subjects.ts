import { claimPorts, type PortRange } from "../support/ports.ts";
import { until } from "../support/until.ts";
import { Program } from "../support/program.ts";
import { type BenchServer, type ServerKind, startServer } from "./bench-servers.ts";
import type { Limits, Subject } from "./highest-rate.ts";
import { Load, type LoadOptions, type Sample } from "./load.ts";
import { perOne, residentOf, usageOf, type Usage } from "./usage.ts";

/** What the program behind the server does, and the load that fits. */
export type Task = "answering" | "joining" | "proxying" | "registering" | "replying";

const scenarios: Readonly<Record<Task, LoadOptions["scenario"]>> = {
  answering: "caller",
  joining: "caller",
  proxying: "caller",
  registering: "registrant",
  replying: "pinger",
};

export interface ServerOptions {
  readonly server?: ServerKind;
  /** Of the embedded server. */
  readonly args?: readonly string[];
  readonly limits?: Limits;
}

interface Parts {
  readonly ports: PortRange;
  readonly callerPort: number;
  readonly server: BenchServer;
  readonly app: Program;
  readonly callee: Load | undefined;
}

/** The SIP server with a small program on drachtio-srf: the reference's own set-up. */
export class ServerWithApp implements Subject {
  readonly limits?: Limits;
  readonly #task: Task;
  readonly #options: ServerOptions;
  #parts: Parts;

  private constructor(task: Task, options: ServerOptions, parts: Parts) {
    this.#task = task;
    this.#options = options;
    if (options.limits) this.limits = options.limits;
    this.#parts = parts;
  }

  /** `answering`: a UAS; `joining`: a B2BUA that calls a second sipp; `proxying`: the same as a proxy. */
  static async start(task: Task, options: ServerOptions = {}): Promise<ServerWithApp> {
    return new ServerWithApp(task, options, await startParts(task, options));
  }

  get processes(): Usage {
    return { program: Number(this.#parts.app.process.pid), "SIP server": this.#parts.server.pid };
  }

  get server(): BenchServer {
    return this.#parts.server;
  }

  run(rate: number, seconds: number): Promise<Sample> {
    return this.load({ rate, calls: rate * seconds, withinMs: (seconds + 10) * 1000 }).done();
  }

  /** Load of another kind than the task's own. */
  load(options: Partial<LoadOptions>): Load {
    const { server, callerPort: port } = this.#parts;
    const fields = this.#task === "registering" ? { fields: registrants } : {};
    const target = `127.0.0.1:${server.udp}`;
    return new Load({ scenario: scenarios[this.#task], port, target, ...fields, ...options });
  }

  /** Both legs of its calls can be counted. */
  get canTellMemory(): boolean {
    return this.#task === "joining" && this.server.metric !== undefined;
  }

  /** Waits until nothing is left of the load: 64·T1 after the last message. */
  async quiet(): Promise<void> {
    const { metric } = this.server;
    if (!metric) return;
    const left = async (): Promise<number> =>
      (await metric("offhook_sip_transactions")) + (await metric("offhook_sip_dialogs"));
    await until("nothing is left", async () => (await left()) === 0, 60_000);
  }

  /** Bytes that each of `calls` standing calls costs; the processes are then made anew. */
  async memoryPerCall(calls: number): Promise<Usage> {
    await this.run(100, 3);
    const before = usageOf(this.processes, residentOf);
    const load = this.load({ rate: 200, calls, talkMs: 60_000 });
    await until(
      `${calls} calls up`,
      async () => (await this.server.metric?.("offhook_sip_dialogs")) === 2 * calls,
      30_000,
    );
    const after = usageOf(this.processes, residentOf);
    await load.stop();
    await this.renew();
    return perOne(before, after, calls);
  }

  async renew(): Promise<void> {
    await this.stop();
    this.#parts = await startParts(this.#task, this.#options);
  }

  async stop(): Promise<void> {
    const { ports, server, app, callee } = this.#parts;
    app.interrupt("SIGTERM");
    await callee?.stop();
    await server.stop();
    await ports.release();
  }
}

const password = "pw-77b1";
const registrants = Array.from({ length: 100 }, (_, index) => {
  const user = `phone${index}`;
  return `${user};[authentication username=${user} password=${password}]`;
});

async function startParts(task: Task, { server: kind = "embedded", args = [] }: ServerOptions): Promise<Parts> {
  const ports = await claimPorts();
  const [callerPort, calleePort] = [ports.take(8), ports.take(8)];
  const server = await startServer(kind, args);
  const called = task === "joining" || task === "proxying";
  const callee = called ? new Load({ scenario: "callee", port: calleePort, withinMs: 3_600_000 }) : undefined;
  const { host, port, secret } = server.control;
  const last = task === "registering" ? password : `sip:callee@127.0.0.1:${calleePort}`;
  const app = Program.start(`test/bench/${task}-app.mjs`, { args: [host, String(port), secret, last] });
  await app.printed(/connected/);
  return { ports, callerPort, server, app, callee };
}
