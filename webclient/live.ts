import { Emitter } from "../gateway/base/emitter.ts";
import { ClientError } from "./client-error.ts";

/** Every live object is an event source and a store: it fits React's `useSyncExternalStore`, Vue and Svelte as it is. */
export interface Live<View, Events extends object> {
  /** A frozen snapshot: the same object until something changes. */
  readonly view: () => Readonly<View>;
  /** Calls `changed` after each change of the view; the returned function ends that. */
  readonly subscribe: (changed: () => void) => () => void;
  /** Calls `listener` at each event; the returned function ends that. */
  on<K extends keyof Events>(event: K, listener: (fact: Events[K]) => void): () => void;
  /**
   * The next event of that name.
   * @throws ClientError `aborted` by the signal, or when the object ends before
   */
  next<K extends keyof Events>(event: K, options?: { signal?: AbortSignal }): Promise<Events[K]>;
}

/** `view` and `subscribe` are bound, so that they can be handed on without their object. */
export abstract class LiveObject<View extends object, Events extends object> implements Live<View, Events> {
  readonly #facts = new Emitter<Record<keyof Events, [unknown]>>();
  readonly #changes = new Emitter<{ changed: []; finished: [] }>();
  #view: Readonly<View>;

  constructor(view: View) {
    this.#view = Object.freeze(view);
  }

  readonly view = (): Readonly<View> => this.#view;

  readonly subscribe = (changed: () => void): (() => void) => this.#changes.on("changed", changed);

  on<K extends keyof Events>(event: K, listener: (fact: Events[K]) => void): () => void {
    return this.#facts.on(event, (fact) => listener(fact as Events[K]));
  }

  next<K extends keyof Events>(event: K, { signal }: { signal?: AbortSignal } = {}): Promise<Events[K]> {
    return new Promise((resolve, reject) => {
      const stop = (): void => settle(() => reject(new ClientError("aborted")));
      const offs = [
        this.on(event, (fact) => settle(() => resolve(fact))),
        this.#changes.on("finished", stop),
        () => signal?.removeEventListener("abort", stop),
      ];
      const settle = (how: () => void): void => {
        for (const off of offs) off();
        how();
      };
      signal?.addEventListener("abort", stop);
      if (signal?.aborted) stop();
    });
  }

  /** Takes over what differs; true when the view became another object. */
  protected update(patch: Partial<View>): boolean {
    const keys = Object.keys(patch) as (keyof View)[];
    if (keys.every((key) => Object.is(this.#view[key], patch[key]))) return false;
    this.#view = Object.freeze({ ...this.#view, ...patch });
    this.#changes.emit("changed");
    return true;
  }

  protected emit<K extends keyof Events>(event: K, fact: Events[K]): void {
    this.#facts.emit(event, fact);
  }

  /** The last act of an object that ends: who still waits for an event is told that none will come. */
  protected finish(): void {
    this.#changes.emit("finished");
  }
}
