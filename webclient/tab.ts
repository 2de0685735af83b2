import { isRecord, parseJson } from "../gateway/base/json.ts";
import type { Platform } from "./platform.ts";

/** What the next load of a page needs to go on with its session. */
export interface Ticket {
  readonly url: string;
  readonly sessionId: string;
  /** The last event that came. */
  readonly seq: number;
  /** Ids of the calls that are muted. */
  readonly muted: readonly string[];
}

const instanceKey = "offhook.instance";
const ticketKey = "offhook.session";

const isTicket = (value: unknown): value is Ticket =>
  isRecord(value) &&
  typeof value["url"] === "string" &&
  typeof value["sessionId"] === "string" &&
  typeof value["seq"] === "number" &&
  Array.isArray(value["muted"]);

/**
 * What a tab remembers from one load of the page to the next: the page's id and its session.
 *
 * A duplicated tab starts with a copy of the tab's storage, and must not take the session of the page that it was copied
 * from. So both lie in the storage only between leaving the page and its next load, and whoever takes them removes them:
 * there is nothing to copy while a page is open. Web Locks and a BroadcastChannel could tell the two apart as well, but
 * the one wants https and the other makes each load wait for an answer that mostly does not come; the gateway alone
 * could not tell them apart at all.
 */
export class Tab {
  readonly instance: string;
  readonly #ticket: Ticket | undefined;
  readonly #offs: readonly (() => void)[];
  #read: () => Ticket | undefined = () => undefined;

  constructor(platform: Pick<Platform, "tabStorage" | "newId" | "onPage">) {
    const { tabStorage: storage } = platform;
    this.instance = storage?.getItem(instanceKey) ?? platform.newId();
    this.#ticket = ticketOf(storage?.getItem(ticketKey) ?? undefined);
    const clear = (): void => {
      storage?.removeItem(instanceKey);
      storage?.removeItem(ticketKey);
    };
    clear();
    this.#offs = [
      platform.onPage("returned", clear),
      platform.onPage("left", () => {
        const ticket = this.#read();
        storage?.setItem(instanceKey, this.instance);
        if (ticket) storage?.setItem(ticketKey, JSON.stringify(ticket));
      }),
    ];
  }

  /** The session of the page's last load, when it was at `url`. */
  ticket(url: string): Ticket | undefined {
    return this.#ticket?.url === url ? this.#ticket : undefined;
  }

  /** `read` is asked when the page is left. */
  keep(read: () => Ticket | undefined): void {
    this.#read = read;
  }

  /** There is no session any more. */
  close(): void {
    for (const off of this.#offs) off();
  }
}

function ticketOf(text: string | undefined): Ticket | undefined {
  try {
    return text === undefined ? undefined : parseJson(text, isTicket);
  } catch {
    return undefined;
  }
}
