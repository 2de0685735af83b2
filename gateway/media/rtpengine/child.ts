import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { pause, type Clock, type Timer } from "../../base/clock.ts";
import { Emitter } from "../../base/emitter.ts";
import { CodedError, messageOf } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import { isRunning, spawnDetached, stopProcess, type ProcessMark } from "../../base/process.ts";
import { readChildState, removeChildState, writeChildState, type ChildState } from "./child-state.ts";
import { DtmfListener } from "./dtmf-listener.ts";
import { NgClient } from "./ng-client.ts";

/** `not-installed`: there is no such program; `failed`: it was started and did not answer. */
export class RtpengineChildError extends CodedError<"not-installed" | "failed"> {}

export interface ChildOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Holds the state file and the log. */
  readonly stateDir: string;
  /** Addresses that media is sent from and announced with; the first is the usual one. */
  readonly addresses: readonly string[];
  /**
   * UDP ports of media. A call between a page and a telephone takes three. TCP `min` is the command line interface's:
   * whoever finds it taken knows that the range is, for rtpengines that share one take each other's packets.
   */
  readonly ports: { readonly min: number; readonly max: number };
  readonly program?: string;
}

export interface ChildEvents {
  /** The process has ended by itself; it will be started again. */
  readonly died: [];
  /** It answers again. */
  readonly started: [];
}

const loopback = "127.0.0.1";
const watchMs = 200;
const startMs = 5000;
const longestBackoffMs = 30_000;

/**
 * An rtpengine of our own. It is no part of our process group and outlives a killed gateway; the next one takes it
 * over by its state file.
 */
export class RtpengineChild extends Emitter<ChildEvents> {
  /** Key presses that it saw. */
  readonly dtmf: DtmfListener;
  readonly #options: ChildOptions;
  readonly #stateFile: string;
  readonly #timer: Timer;
  #state: ChildState;
  #closed = false;
  #restarting: Promise<void> | undefined;

  private constructor(options: ChildOptions, state: ChildState, dtmf: DtmfListener) {
    super();
    this.#options = options;
    this.#stateFile = stateFileOf(options);
    this.#state = state;
    this.dtmf = dtmf;
    this.#timer = options.clock.every(watchMs, () => this.#look());
  }

  /** Takes the living one over, else starts one. @throws RtpengineChildError */
  static async start(options: ChildOptions): Promise<RtpengineChild> {
    mkdirSync(options.stateDir, { recursive: true, mode: 0o700 });
    const version = await versionOf(options.program ?? "rtpengine");
    const living = await takeOver(options, version);
    if (living) return new RtpengineChild(options, living.state, living.dtmf);
    const dtmf = await DtmfListener.open(loopback, 0);
    try {
      const plan = {
        version,
        ngPort: await freePort(),
        cliPort: options.ports.min,
        dtmfPort: dtmf.port,
        settings: settingsOf(options),
      };
      return new RtpengineChild(options, await launch(options, plan), dtmf);
    } catch (fault) {
      dtmf.close();
      throw fault;
    }
  }

  get ngPort(): number {
    return this.#state.ngPort;
  }

  get pid(): number {
    return this.#state.pid;
  }

  /** It runs and does not answer: ends it, and starts another one on the same ports. */
  restart(): void {
    this.#restarting ??= this.#relaunch().finally(() => (this.#restarting = undefined));
  }

  /** Ends the process and removes its files. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer.cancel();
    await this.#restarting;
    await stopProcess(this.#state, this.#options.clock);
    removeChildState(this.#stateFile);
    rmSync(logFileOf(this.#options), { force: true });
    this.dtmf.close();
    this.removeAllListeners();
  }

  #look(): void {
    if (this.#closed || this.#restarting || isRunning(this.#state)) return;
    this.#options.log.error("rtpengine died, starting it again", { pid: this.#state.pid });
    this.emit("died");
    this.restart();
  }

  async #relaunch(): Promise<void> {
    const { clock, log } = this.#options;
    await stopProcess(this.#state, clock);
    for (let wait = watchMs; !this.#closed; wait = Math.min(wait * 2, longestBackoffMs)) {
      try {
        this.#state = await launch(this.#options, this.#state);
        return this.emit("started");
      } catch (fault) {
        log.error("rtpengine cannot be started", { fault: messageOf(fault) });
        await pause(clock, wait);
      }
    }
  }
}

type Plan = Omit<ChildState, keyof ProcessMark>;

async function takeOver(
  options: ChildOptions,
  version: string,
): Promise<{ state: ChildState; dtmf: DtmfListener } | undefined> {
  const state = readChildState(stateFileOf(options));
  if (!state || !isRunning(state)) return undefined;
  const usable = state.version === version && state.settings === settingsOf(options);
  if (usable && (await answers(state.ngPort, options.clock))) {
    const dtmf = await DtmfListener.open(loopback, state.dtmfPort).catch(() => undefined);
    if (dtmf) return { state, dtmf };
  }
  await stopProcess(state, options.clock);
  return undefined;
}

async function launch(options: ChildOptions, plan: Plan): Promise<ChildState> {
  const logFile = logFileOf(options);
  const mark = await spawnDetached(options.program ?? "rtpengine", argumentsOf(options, plan), logFile);
  const { version, ngPort, cliPort, dtmfPort, settings } = plan;
  const state = { ...mark, version, ngPort, cliPort, dtmfPort, settings };
  writeChildState(stateFileOf(options), state);
  const deadline = options.clock.monotonic() + startMs;
  while (!(await answers(ngPort, options.clock))) {
    if (isRunning(mark) && options.clock.monotonic() < deadline) continue;
    await stopProcess(mark, options.clock);
    removeChildState(stateFileOf(options));
    throw new RtpengineChildError("failed", `rtpengine does not answer, see ${logFile}`);
  }
  options.log.info("rtpengine started", { pid: mark.pid, version, ngPort });
  return state;
}

/** `--config-file=none`: else Debian's own file is read, and a second instance dies on its ports. */
const argumentsOf = (options: ChildOptions, { ngPort, cliPort, dtmfPort }: Plan): string[] => [
  "--config-file=none",
  "--foreground",
  "--log-stderr",
  "--log-level=5",
  "--table=-1",
  ...options.addresses.map((address) => `--interface=${address}`),
  `--listen-ng=${loopback}:${ngPort}`,
  `--listen-cli=${loopback}:${cliPort}`,
  `--dtmf-log-dest=${loopback}:${dtmfPort}`,
  `--port-min=${options.ports.min}`,
  `--port-max=${options.ports.max}`,
  "--delete-delay=0",
  // Silence is our business (media.timeout); these are nets below it, in seconds.
  "--timeout=3600",
  "--silent-timeout=21600",
  "--offer-timeout=3600",
];

const settingsOf = ({ addresses, ports }: ChildOptions): string => `${addresses.join(",")} ${ports.min}-${ports.max}`;
const logFileOf = ({ stateDir }: ChildOptions): string => join(stateDir, "rtpengine.log");
const stateFileOf = ({ stateDir }: ChildOptions): string => join(stateDir, "rtpengine.json");

async function answers(port: number, clock: Clock): Promise<boolean> {
  const client = new NgClient({ host: loopback, port, clock, timers: { repeatMs: 50, totalMs: 200 } });
  try {
    await client.command("ping");
    return true;
  } catch {
    return false;
  } finally {
    client.close();
  }
}

async function versionOf(program: string): Promise<string> {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, ["--version"], { timeout: startMs });
    return /\d+(\.\d+)+\S*/.exec(stdout + stderr)?.[0] ?? "unknown";
  } catch (fault) {
    const missing = (fault as NodeJS.ErrnoException).code === "ENOENT";
    if (missing)
      throw new RtpengineChildError("not-installed", `${program} is not installed: apt-get install rtpengine-daemon`);
    throw new RtpengineChildError("failed", `${program} --version: ${messageOf(fault)}`);
  }
}

/** A UDP port that is free on loopback now. */
function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(0, loopback, () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}
