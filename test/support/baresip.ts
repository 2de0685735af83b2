import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { claimPorts, type PortRange } from "./ports.ts";
import { bringOut, type Island } from "./netns.ts";
import { readWav, type Sound } from "./tone.ts";
import { until } from "./until.ts";

/** baresip, a real softphone without sound card: sends a tone, records what it hears. */
export interface BaresipOptions {
  readonly user: string;
  /** The frequency that it sends. */
  readonly toneHz: number;
  /** In order of preference: `PCMU`, `PCMA`, `G722`, `opus`. Default PCMU. */
  readonly codecs?: readonly BaresipCodec[];
  readonly mediaEncryption?: "srtp" | "srtp-mand" | "dtls_srtp";
  /** Registers there; without it the phone is called at `uri`. */
  readonly registrar?: { domain: string; password: string; outbound: string; transport?: "udp" | "tcp" | "tls" };
  /** More parameters of the account line, such as `100rel=yes`. */
  readonly account?: string;
  /** The network that it is in; this machine's loopback otherwise. */
  readonly island?: Island;
  /** Another loopback address than 127.0.0.1: who comes from a trunk's address is taken for the trunk. */
  readonly address?: string;
  /** Addresses of its contacts; the first is the current one, to whom `message` goes. */
  readonly contacts?: readonly string[];
  /** More lines of the configuration. */
  readonly config?: string;
}

export type BaresipCodec = "PCMU" | "PCMA" | "G722" | "opus";

export interface BaresipEvent {
  readonly type: string;
  readonly param?: string;
  readonly id?: string;
  readonly peeruri?: string;
  readonly [key: string]: unknown;
}

const codecNames: Record<BaresipCodec, string> = {
  PCMU: "PCMU/8000/1",
  PCMA: "PCMA/8000/1",
  G722: "G722/16000/1",
  opus: "opus/48000/2",
};

export class Baresip {
  readonly uri: string;
  readonly sipPort: number;
  readonly events: BaresipEvent[] = [];
  readonly #dir: string;
  readonly #ports: PortRange;
  readonly #process: ChildProcess;
  readonly #control: Socket;
  readonly #answers = new Map<string, (answer: Answer) => void>();
  readonly #seen = new Set<BaresipEvent>();
  #received = Buffer.alloc(0);
  #commands = 0;

  private constructor(parts: { options: BaresipOptions; layout: Layout; process: ChildProcess; control: Socket }) {
    this.#dir = parts.layout.dir;
    this.#ports = parts.layout.ports;
    this.#process = parts.process;
    this.#control = parts.control;
    this.sipPort = parts.layout.sip;
    const { registrar, user } = parts.options;
    this.uri = registrar ? `sip:${user}@${registrar.domain}` : `sip:${user}@127.0.0.1:${this.sipPort}`;
    this.#control.on("data", (data) => this.#receive(data));
    this.#control.on("error", () => {});
  }

  static async start(options: BaresipOptions): Promise<Baresip> {
    const layout = await prepare(options);
    const process = run(layout.dir, options.island);
    try {
      if (options.island) await bringControlOut(options.island, layout.control);
      const control = await until("baresip's control port", () => attempt(layout.control), 10_000);
      return new Baresip({ options, layout, process, control });
    } catch (fault) {
      process.kill("SIGKILL");
      throw new Error(`baresip did not start: ${readFileSync(join(layout.dir, "log"), "utf8").slice(-2000)}`, {
        cause: fault,
      });
    }
  }

  /** Resolves when the registrar has accepted the binding. */
  async registered(withinMs = 10_000): Promise<void> {
    await until(`${this.uri} registered`, async () => /OK/.test((await this.command("reginfo")).data), withinMs);
  }

  async dial(uri: string): Promise<void> {
    await this.command("dial", uri);
  }

  async accept(): Promise<void> {
    await this.command("accept");
  }

  async hangup(): Promise<void> {
    await this.command("hangup");
  }

  async hold(): Promise<void> {
    await this.command("hold");
  }

  async resume(): Promise<void> {
    await this.command("resume");
  }

  /** Presses a key: an RFC 4733 event. */
  async digit(key: string): Promise<void> {
    await this.command("sndcode", key);
  }

  /** Sends text to the current contact. */
  async message(text: string): Promise<void> {
    await this.command("message", text);
  }

  /** Any command of the `ctrl_tcp` module. */
  async command(command: string, params?: string): Promise<Answer> {
    const token = `c${++this.#commands}`;
    const text = JSON.stringify({ command, token, ...(params === undefined ? {} : { params }) });
    const answer = new Promise<Answer>((resolve) => this.#answers.set(token, resolve));
    this.#control.write(`${Buffer.byteLength(text)}:${text},`);
    return Promise.race([answer, expiry(`baresip ${command}`)]);
  }

  /** The next event of `type` that nobody has waited for yet, also one that has already come. */
  event(type: string, options: { withinMs?: number; param?: string } = {}): Promise<BaresipEvent> {
    const fits = (event: BaresipEvent): boolean =>
      event.type === type && !this.#seen.has(event) && (options.param === undefined || event.param === options.param);
    return until(
      `${type} at ${this.uri} (seen ${this.events.map((event) => event.type).join(" ")})`,
      () => {
        const found = this.events.find(fits);
        if (found) this.#seen.add(found);
        return found;
      },
      options.withinMs ?? 8000,
    );
  }

  /** What the phone heard in its last call: complete once the call has ended. */
  async heard(): Promise<Sound> {
    const folder = join(this.#dir, "rec");
    const file = await until("a recording", () => newest(folder, "-dec.wav"));
    return readWav(join(folder, file));
  }

  /** All SIP messages and notes so far. */
  log(): string {
    return readFileSync(join(this.#dir, "log"), "utf8");
  }

  /** Vanishes: no BYE, no RTP. */
  async kill(): Promise<void> {
    await this.#ended("SIGKILL");
    await this.#release();
  }

  /** Ends the phone in order, and fails when it did not exit with 0. */
  async stop(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null)
      await this.command("quit").catch(() => {});
    const code = await this.#ended();
    await this.#release();
    if (code !== 0) throw new Error(`baresip ended with ${code}`);
  }

  async #ended(signal?: NodeJS.Signals): Promise<number | string> {
    if (signal) this.#process.kill(signal);
    const gone = () => this.#process.exitCode ?? this.#process.signalCode ?? undefined;
    return until("baresip's end", gone, 5000).catch(() => {
      this.#process.kill("SIGKILL");
      return "no exit within 5 s";
    });
  }

  async #release(): Promise<void> {
    this.#control.destroy();
    await this.#ports.release();
    rmSync(this.#dir, { recursive: true, force: true });
  }

  /** Netstrings: `LENGTH:JSON,`. */
  #receive(data: Buffer): void {
    this.#received = Buffer.concat([this.#received, data]);
    for (;;) {
      const colon = this.#received.indexOf(":");
      const length = Number(this.#received.subarray(0, colon));
      if (colon < 0 || this.#received.length < colon + length + 2) return;
      this.#message(JSON.parse(this.#received.toString("utf8", colon + 1, colon + 1 + length)));
      this.#received = this.#received.subarray(colon + length + 2);
    }
  }

  #message(message: BaresipEvent & Answer): void {
    if (!message.response) return void this.events.push(message);
    this.#answers.get(message.token)?.(message);
    this.#answers.delete(message.token);
  }
}

interface Answer {
  readonly response?: boolean;
  readonly ok: boolean;
  readonly data: string;
  readonly token: string;
}

interface Layout {
  readonly dir: string;
  readonly ports: PortRange;
  readonly sip: number;
  readonly control: number;
}

async function prepare(options: BaresipOptions): Promise<Layout> {
  const ports = await claimPorts();
  // UDP and TCP on `sip`; baresip takes the next port for TLS.
  const layout: Layout = {
    dir: mkdtempSync(join(tmpdir(), `baresip-${options.user}-`)),
    ports,
    sip: ports.take(2),
    control: ports.take(),
  };
  mkdirSync(join(layout.dir, "rec"));
  writeFileSync(join(layout.dir, "config"), configOf(options, layout));
  writeFileSync(join(layout.dir, "accounts"), `${accountOf(options, layout)}\n`);
  writeFileSync(join(layout.dir, "contacts"), (options.contacts ?? []).map((uri) => `<${uri}>\n`).join(""));
  return layout;
}

function configOf(
  { toneHz, config = "", island, address = island?.address ?? "127.0.0.1" }: BaresipOptions,
  { dir, ports, sip, control }: Layout,
): string {
  const rtp = ports.take(40);
  return `poll_method epoll
sip_listen ${address}:${sip}
net_interface ${address}
call_local_timeout 120
call_max_calls 4
audio_source ausine,${toneHz}
ausrc_srate 48000
ausrc_channels 2
audio_player aubridge,sink${sip}
audio_alert aubridge,alert${sip}
audio_buffer 20-160
rtp_ports ${rtp}-${rtp + 39}
rtcp_mux no
jitter_buffer_delay 5-10
snd_path ${dir}/rec
ctrl_tcp_listen 127.0.0.1:${control}
module_path /usr/lib/baresip/modules
${["stdio", "opus", "g722", "g711", "sndfile", "aubridge", "aufile", "ausine", "srtp", "dtls_srtp"]
  .map((name) => `module ${name}.so`)
  .join("\n")}
module_tmp uuid.so
module_tmp account.so
module_app contact.so
module_app menu.so
module_app ctrl_tcp.so
${config}
`;
}

function accountOf(options: BaresipOptions, { sip }: Layout): string {
  const { user, registrar, mediaEncryption, codecs = ["PCMU"], account } = options;
  const parameters = [
    ...(registrar
      ? [
          `auth_pass=${registrar.password}`,
          `outbound="sip:${registrar.outbound};transport=${registrar.transport ?? "udp"}"`,
          "regint=60",
        ]
      : ["regint=0"]),
    `audio_codecs=${codecs.map((codec) => codecNames[codec]).join(",")}`,
    ...(mediaEncryption ? [`mediaenc=${mediaEncryption}`] : []),
    ...(account ? [account] : []),
  ];
  return `<sip:${user}@${registrar?.domain ?? `127.0.0.1:${sip}`}>;${parameters.join(";")}`;
}

/** No phone outlives the test run. */
const phones = new Set<ChildProcess>();
process.once("exit", () => phones.forEach((child) => child.kill("SIGKILL")));

async function bringControlOut(island: Island, port: number): Promise<void> {
  const listens = (): boolean => island.run("ss", "-Hltn", `sport = :${port}`).trim() !== "";
  await until("baresip's control port inside", listens, 10_000);
  await bringOut(island, port);
}

function run(dir: string, island?: Island): ChildProcess {
  const log = openSync(join(dir, "log"), "a");
  const [command = "", ...words] = [...(island?.prefix ?? []), "baresip"];
  const child = spawn(command, [...words, "-f", dir, "-v", "-s"], { stdio: ["pipe", log, log] });
  closeSync(log);
  phones.add(child);
  child.once("exit", () => phones.delete(child));
  return child;
}

function attempt(port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(socket));
    socket.once("error", () => resolve(undefined));
  });
}

const newest = (folder: string, ending: string): string | undefined =>
  readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .sort()
    .at(-1);

function expiry(what: string): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(new Error(`${what}: no answer`)), 5000).unref());
}
