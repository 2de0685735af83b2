/** What every event brings besides what it is about. */
export interface OldDetail {
  readonly eventType: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

export type OldListener = (event: CustomEvent) => void;

/** From this level on events are written to the console, as programs expect that call `setLogLevel(10)`. */
const debugLevel = 10;

/** All events of a page come from one target, and their facts lie in `detail`. */
export class OldEvents {
  logLevel = 0;
  readonly #target = new EventTarget();

  add(type: string, listener: OldListener): void {
    this.#target.addEventListener(type, listener as EventListener);
  }

  remove(type: string, listener: OldListener): void {
    this.#target.removeEventListener(type, listener as EventListener);
  }

  emit(type: string, facts: object = {}): CustomEvent {
    const detail = { eventType: type, time: Date.now(), ...facts };
    const event = new CustomEvent(type, { detail });
    // eslint-disable-next-line no-console -- asked for by `setLogLevel`
    if (this.logLevel >= debugLevel) console.debug("apiRTC", type, detail);
    this.#target.dispatchEvent(event);
    return event;
  }
}
