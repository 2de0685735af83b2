import { LitElement } from "lit";
import { systemClock, type Timer } from "../../gateway/base/clock.ts";
import type { Call, Peer } from "../index.ts";
import { addressOf, ClientError } from "../index.ts";
import { languageOf, wordsFor, type Words } from "./words.ts";

interface Store {
  readonly subscribe: (changed: () => void) => () => void;
}

/** What the elements have in common: words in the page's language, live objects, events, a clock on the screen. */
export abstract class OffhookElement extends LitElement {
  readonly #followed = new Map<Store, () => void>();
  #ticking: Timer | undefined;

  protected get words(): Words {
    return wordsFor(languageOf(this));
  }

  /** The live objects that the element shows now: it is rendered again when one of them changes. */
  protected abstract stores(): readonly (Store | undefined)[];

  /** True while something on the element changes each second. */
  protected ticks(): boolean {
    return false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const off of this.#followed.values()) off();
    this.#followed.clear();
    this.#tick(false);
  }

  protected override willUpdate(): void {
    if (!this.isConnected) return;
    const wanted = new Set(this.stores().filter((store) => store !== undefined));
    for (const [store, off] of this.#followed) {
      if (wanted.has(store)) continue;
      off();
      this.#followed.delete(store);
    }
    for (const store of wanted)
      if (!this.#followed.has(store))
        this.#followed.set(
          store,
          store.subscribe(() => this.requestUpdate()),
        );
    this.#tick(this.ticks());
  }

  /** An event of the library, for the page around: it leaves shadow roots. */
  protected tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  #tick(on: boolean): void {
    if (on) this.#ticking ??= systemClock.every(1000, () => this.requestUpdate());
    else {
      this.#ticking?.cancel();
      this.#ticking = undefined;
    }
  }
}

/** Registers an element; once, however many copies of this script a page loads. A server has none to register. */
export function define(name: string, element: CustomElementConstructor): void {
  const { customElements } = globalThis;
  if (customElements && !customElements.get(name)) customElements.define(name, element);
}

export const nameOf = ({ name, number, target }: Peer, words: Words): string =>
  name || number || addressOf(target) || words.unknown;

/** What went wrong, for whoever looks at the page. */
export const problemText = (problem: ClientError, words: Words): string =>
  words.problems[problem.code] ?? problem.message;

/** `thrown` as the library's error. */
export const asProblem = (thrown: unknown): ClientError =>
  thrown instanceof ClientError ? thrown : new ClientError("unsupported", { cause: thrown });

/** `3:07`, or undefined before the answer. */
export function talked(call: Call): string | undefined {
  const { since, end } = call.view();
  if (!since) return undefined;
  const seconds = Math.max(0, Math.floor((end ? end.durationMs : systemClock.now() - since.getTime()) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
