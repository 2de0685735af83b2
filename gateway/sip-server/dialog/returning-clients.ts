import type { Clock, Timer } from "../../base/clock.ts";
import type { Flow, Listener } from "../transport/flow.ts";
import type { Dialog } from "./dialog.ts";
import type { RegisteredFlows } from "./registered-flows.ts";

/**
 * Dialogs of before a restart whose connection is gone, while their clients are expected back: by a registration, or
 * by a request in the dialog. What is sent to them meanwhile waits for that.
 */
export class ReturningClients {
  readonly #clock: Clock;
  readonly #registered: RegisteredFlows;
  readonly #flows = new Map<Dialog, WaitingFlow>();
  #timer: Timer | undefined;

  constructor(clock: Clock, registered: RegisteredFlows) {
    this.#clock = clock;
    this.#registered = registered;
  }

  get size(): number {
    return this.#flows.size;
  }

  /** The flow to a client that is not back yet. */
  expected(dialog: Dialog): Flow | undefined {
    return this.#flows.get(dialog);
  }

  /** Expects the client of `dialog` back, at an address like `listener`. */
  expect(dialog: Dialog, listener: Listener): void {
    this.#flows.set(dialog, new WaitingFlow(listener));
  }

  /** Calls `lost` for every dialog whose client is not back after `ms` milliseconds. */
  limit(ms: number, lost: (dialog: Dialog) => void): void {
    this.#timer = this.#clock.after(ms, () => {
      for (const [dialog, waiting] of [...this.#flows]) {
        this.#flows.delete(dialog);
        waiting.fail();
        lost(dialog);
      }
    });
  }

  /** Somebody registered: perhaps one of those. */
  look(): void {
    for (const dialog of [...this.#flows.keys()]) {
      const flow = dialog.remoteTarget && this.#registered.find(dialog.remoteTarget);
      if (flow) this.back(dialog, flow);
    }
  }

  /** The client of `dialog` is there, by `flow`. */
  back(dialog: Dialog, flow: Flow): void {
    const waiting = this.#flows.get(dialog);
    if (!waiting) return;
    this.forget(dialog);
    // A client that registers anew over UDP or elsewhere is reached there from now on.
    dialog.flow = flow;
    waiting.release(flow);
  }

  forget(dialog: Dialog): void {
    this.#flows.delete(dialog);
  }

  dispose(): void {
    this.#timer?.cancel();
  }
}

/** Keeps what is sent until there is a connection. */
class WaitingFlow implements Flow {
  readonly listener: Listener;
  readonly reliable = true;
  readonly open = true;
  readonly #queue: { bytes: Buffer; failed: () => void }[] = [];
  #flow: Flow | undefined;
  #failed = false;

  constructor(listener: Listener) {
    this.listener = listener;
  }

  get address(): Listener {
    return this.listener;
  }

  get remote(): { host: string; port: number } {
    return this.#flow?.remote ?? { host: "", port: 0 };
  }

  send(bytes: Buffer, failed: () => void): void {
    if (this.#flow) this.#flow.send(bytes, failed);
    else if (this.#failed) queueMicrotask(failed);
    else this.#queue.push({ bytes, failed });
  }

  release(flow: Flow): void {
    this.#flow = flow;
    for (const { bytes, failed } of this.#queue.splice(0)) flow.send(bytes, failed);
  }

  fail(): void {
    this.#failed = true;
    for (const { failed } of this.#queue.splice(0)) failed();
  }
}
