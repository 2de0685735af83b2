import type { ReactiveController, ReactiveControllerHost } from "lit";
import { systemClock, type Timer } from "../../../gateway/base/clock.ts";

interface Store {
  readonly subscribe: (changed: () => void) => () => void;
}

/** Renders its component again whenever one of the live objects changes; which ones is asked before each rendering. */
export class Watch implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #stores: () => readonly (Store | undefined)[];
  readonly #offs = new Map<Store, () => void>();

  constructor(host: ReactiveControllerHost, stores: () => readonly (Store | undefined)[]) {
    this.#host = host;
    this.#stores = stores;
    host.addController(this);
  }

  hostConnected(): void {
    this.#host.requestUpdate();
  }

  hostUpdate(): void {
    const wanted = new Set(this.#stores().filter((store) => store !== undefined));
    for (const [store, off] of this.#offs) {
      if (wanted.has(store)) continue;
      off();
      this.#offs.delete(store);
    }
    for (const store of wanted) {
      if (!this.#offs.has(store))
        this.#offs.set(
          store,
          store.subscribe(() => this.#host.requestUpdate()),
        );
    }
  }

  hostDisconnected(): void {
    for (const off of this.#offs.values()) off();
    this.#offs.clear();
  }
}

/** Renders its component again each second. */
export class Ticking implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #timer: Timer | undefined;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.#timer = systemClock.every(1_000, () => this.#host.requestUpdate());
  }

  hostDisconnected(): void {
    this.#timer?.cancel();
  }
}
