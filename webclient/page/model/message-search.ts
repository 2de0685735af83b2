import { systemClock, type Timer } from "../../../gateway/base/clock.ts";
import type { FoundMessage, FoundPlace, Session } from "../../index.ts";
import { LiveObject } from "../../live.ts";

export interface MessageSearchView {
  /** What is looked for; empty: nothing. */
  readonly text: string;
  /** Newest first. */
  readonly found: readonly FoundMessage[];
  /** Older ones may be found from here on. */
  readonly next: FoundPlace | undefined;
  readonly state: "idle" | "looking" | "failed";
}

const nothing: MessageSearchView = { text: "", found: [], next: undefined, state: "idle" };

/** One letter is in everything. */
const shortest = 2;
/** So long without another key, and it is looked for; milliseconds. */
const pauseMs = 250;
/** Empty pages that are passed without asking the user: each is thousands of messages. */
const emptyPages = 5;

/** Text in all that was said, while it is typed. */
export class MessageSearch extends LiveObject<MessageSearchView, Record<never, never>> {
  #session: Session | undefined;
  #pause: Timer | undefined;

  constructor() {
    super(nothing);
  }

  adopt(session: Session): void {
    this.#session = session;
    this.look("");
  }

  /** What was found before stays until there is something else to show. */
  look(typed: string): void {
    const text = typed.trim();
    if (text === this.view().text) return;
    this.#pause?.cancel();
    if (text.length < shortest) return void this.update(nothing);
    this.update({ text, state: "looking" });
    this.#pause = systemClock.after(pauseMs, () => void this.#page(text));
  }

  /** Older ones, or once more what failed. */
  more(): void {
    const { text, next, state } = this.view();
    if (state === "looking" || text === "") return;
    this.update({ state: "looking" });
    void this.#page(text, next);
  }

  async #page(text: string, before?: FoundPlace): Promise<void> {
    const found = before ? [...this.view().found] : [];
    let next = before;
    try {
      for (let page = 0; page < emptyPages; page++) {
        const answer = await this.#session?.messages.search(text, next ? { before: next } : {});
        if (this.view().text !== text) return;
        found.push(...(answer?.found ?? []));
        next = answer?.next;
        if (!next || (answer?.found.length ?? 0) > 0) break;
      }
      this.update({ found, next, state: "idle" });
    } catch {
      if (this.view().text === text) this.update({ found, next, state: "failed" });
    }
  }
}
