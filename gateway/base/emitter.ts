/** What a listener throws must not reach the emitter; it goes here. Replaced once by the composition root. */
let onListenerFault: (fault: unknown) => void = () => {};

/** Sets where errors thrown by listeners are reported (default: dropped). */
export function reportListenerFaults(report: (fault: unknown) => void): void {
  onListenerFault = report;
}

/**
 * Typed events: `Events` maps an event name to the tuple of its arguments.
 * A throwing listener hurts neither the emitter nor the other listeners.
 */
export class Emitter<Events extends { [K in keyof Events]: unknown[] }> {
  readonly #listeners = new Map<keyof Events, Set<Listener>>();

  /** Adds a listener; the returned function removes it. */
  on<K extends keyof Events>(event: K, listener: (...args: Events[K]) => void): () => void {
    let set = this.#listeners.get(event);
    if (!set) this.#listeners.set(event, (set = new Set()));
    const stored = listener as unknown as Listener;
    set.add(stored);
    return () => void set.delete(stored);
  }

  /** Adds a listener that is removed by its first call. */
  once<K extends keyof Events>(event: K, listener: (...args: Events[K]) => void): () => void {
    const off = this.on(event, (...args) => {
      off();
      listener(...args);
    });
    return off;
  }

  emit<K extends keyof Events>(event: K, ...args: Events[K]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        listener(...args);
      } catch (fault) {
        onListenerFault(fault);
      }
    }
  }

  removeAllListeners(): void {
    this.#listeners.clear();
  }

  listenerCount(event: keyof Events): number {
    return this.#listeners.get(event)?.size ?? 0;
  }
}

type Listener = (...args: unknown[]) => void;
