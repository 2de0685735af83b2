import { pause, type Clock, type Timer } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { isRunning, killProcess, stopProcess } from "../base/process.ts";
import {
  isUsable,
  launchSipServer,
  leftSipServer,
  removeSipServerFiles,
  serves,
  sipServerSecret,
  type RunningSipServer,
  type SipChildOptions,
} from "./sip-launch.ts";
import type { StateDir } from "./state-dir.ts";

const watchMs = 200;
const probeMs = 1000;
/** Without an answer for so long it hangs. Longer than the control link waits: to end a process is the last resort. */
const hungMs = 8000;
const longestBackoffMs = 30_000;

/**
 * A SIP server of our own, in a process of its own that outlives a killed gateway. It is watched: when it dies it is
 * started again on the same addresses, so that links and phones find it where it was.
 */
export class SipChild {
  readonly secret: string;
  /** It was started now, not found. */
  readonly isNew: boolean;
  readonly #dir: StateDir;
  readonly #options: SipChildOptions;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #timer: Timer;
  readonly #probe: Timer;
  #answeredAt: number;
  #probing = false;
  #running: RunningSipServer;
  #restarting: Promise<void> | undefined;
  #closed = false;

  private constructor(
    dir: StateDir,
    options: SipChildOptions,
    parts: { clock: Clock; log: Logger },
    running: RunningSipServer,
    isNew: boolean,
  ) {
    this.isNew = isNew;
    this.secret = sipServerSecret(dir);
    this.#dir = dir;
    this.#options = options;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#running = running;
    this.#answeredAt = parts.clock.monotonic();
    this.#timer = parts.clock.every(watchMs, () => this.#look());
    this.#probe = parts.clock.every(probeMs, () => void this.#ask());
  }

  /** Uses what an earlier gateway left, when it is the same in every respect; else starts one. @throws SipChildError */
  static async start(dir: StateDir, options: SipChildOptions, clock: Clock, log: Logger): Promise<SipChild> {
    const left = leftSipServer(dir);
    const parts = { clock, log };
    if (left && (await isUsable(left, dir, options))) {
      log.info("SIP server taken over", { pid: left.pid });
      return new SipChild(dir, options, parts, left, false);
    }
    if (left) {
      log.info("SIP server replaced", { pid: left.pid });
      await stopProcess(left, clock);
    }
    return new SipChild(dir, options, parts, await launchSipServer(dir, options, clock), true);
  }

  /** Where it takes applications; constant. */
  get control(): { readonly host: string; readonly port: number } {
    const { hostname: host, port } = new URL(`tcp://${this.#running.control}`);
    return { host, port: Number(port) };
  }

  get metricsUrl(): string {
    return `http://${this.#running.metrics}/metrics`;
  }

  /** `proto/host:port` of each listener. */
  get sip(): readonly string[] {
    return this.#running.sip;
  }

  /** Ends the process and removes its files. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer.cancel();
    this.#probe.cancel();
    await this.#restarting;
    await stopProcess(this.#running, this.#clock);
    removeSipServerFiles(this.#dir);
  }

  #look(): void {
    if (this.#closed || this.#restarting || isRunning(this.#running)) return;
    this.#log.error("SIP server died, starting it again", { pid: this.#running.pid });
    this.#restarting = this.#relaunch().finally(() => (this.#restarting = undefined));
  }

  /** A process that lives and does nothing is as good as dead: its metrics say whether it still turns. */
  async #ask(): Promise<void> {
    if (this.#closed || this.#restarting || this.#probing) return;
    this.#probing = true;
    const [running, askedAt] = [this.#running, this.#clock.monotonic()];
    const answered = await serves(running);
    this.#probing = false;
    const now = this.#clock.monotonic();
    // Who was held up itself knows nothing about others.
    if (answered || now - askedAt > 2 * probeMs || running !== this.#running) this.#answeredAt = now;
    if (now - this.#answeredAt < hungMs || !isRunning(running)) return;
    this.#log.error("SIP server hangs, ending it", { pid: running.pid });
    this.#answeredAt = now;
    killProcess(running);
  }

  async #relaunch(): Promise<void> {
    for (let wait = watchMs; !this.#closed; wait = Math.min(wait * 2, longestBackoffMs)) {
      try {
        this.#running = await launchSipServer(this.#dir, this.#options, this.#clock, this.#running);
        return this.#log.info("SIP server started", { pid: this.#running.pid });
      } catch (fault) {
        this.#log.error("SIP server cannot be started", { fault: messageOf(fault) });
        await pause(this.#clock, wait);
      }
    }
  }
}
