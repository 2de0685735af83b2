import type { Call } from "../../index.ts";
import type { Stage } from "../model/stage.ts";

/** Keeps the screen on during a call; a browser takes the lock back when the tab is hidden. */
export class WakeLock {
  readonly #stage: Stage;
  #lock: Promise<WakeLockSentinel | undefined> | undefined;
  #call: Call | undefined;

  constructor(stage: Stage) {
    this.#stage = stage;
    stage.subscribe(() => this.#follow());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#release();
      this.#follow();
    });
  }

  #follow(): void {
    this.#await(this.#stage.up());
    if (!this.#stage.busy()) return this.#release();
    if (document.visibilityState !== "visible") return;
    this.#lock ??= navigator.wakeLock?.request("screen").catch(() => undefined);
  }

  /** A call that is over stays on the stage, but keeps no screen on. */
  #await(call: Call | undefined): void {
    if (!call || call === this.#call) return;
    this.#call = call;
    void call.ended.then(() => this.#follow());
  }

  #release(): void {
    void this.#lock?.then((lock) => lock?.release());
    this.#lock = undefined;
  }
}
