import { LiveObject } from "../../live.ts";

/** Those that the rail shows. */
export const railTabs = ["recents", "contacts", "keypad", "chats", "settings"] as const;
export const tabs = [...railTabs, "boards"] as const;
export type Tab = (typeof tabs)[number];

/** Where the user is: a tab, and what is open in it. */
export interface Place {
  readonly tab: Tab;
  /** A person's id, a settings section …; empty: the tab's list. */
  readonly item: string;
}

/** `#/contacts/user%3Abob` → contacts, `user:bob`. What is no place is the home. */
export function readPlace(hash: string): Place {
  const [, tab = "", item = ""] = /^#\/(\w+)(?:\/([^/]+))?$/.exec(hash) ?? [];
  const known = tabs.find((name) => name === tab) ?? "recents";
  return { tab: known, item: known === tab ? decoded(item) : "" };
}

export const printPlace = ({ tab, item }: Place): string =>
  `#/${tab}${item === "" ? "" : `/${encodeURIComponent(item)}`}`;

function decoded(item: string): string {
  try {
    return decodeURIComponent(item);
  } catch {
    return "";
  }
}

/** The address bar's fragment, so that the browser's Back does what it says. */
export class Places extends LiveObject<Place, { moved: Place }> {
  readonly #window: Window;
  /** What we wrote there ourselves: the browser tells it later, when a call may be on the screen already. */
  #written: string | undefined;

  constructor(of: Window) {
    super(readPlace(of.location.hash));
    this.#window = of;
    of.addEventListener("hashchange", () => this.#changed(of.location.hash));
  }

  go(tab: Tab, item = ""): void {
    const hash = printPlace({ tab, item });
    if (this.#window.location.hash !== hash) this.#window.location.hash = this.#written = hash;
    this.#move({ tab, item });
  }

  /** The same, without a step for Back: what was there is gone. */
  replace(tab: Tab, item = ""): void {
    this.#window.history.replaceState(null, "", printPlace({ tab, item }));
    this.#move({ tab, item });
  }

  #changed(hash: string): void {
    if (hash === this.#written) return;
    this.#written = undefined;
    this.#move(readPlace(hash));
  }

  #move(place: Place): void {
    this.update(place);
    this.emit("moved", place);
  }
}
