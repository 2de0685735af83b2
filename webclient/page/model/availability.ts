import type { PresenceOptions, PresenceStatus, Session } from "../../index.ts";
import type { Preferences } from "./preferences.ts";

/**
 * What the user says of themselves, remembered by the browser: all its tabs say the same, or the most available of them
 * would count. Who never chose says nothing.
 */
export class Availability {
  readonly #preferences: Preferences;
  #session: Session | undefined;

  constructor(preferences: Preferences) {
    this.#preferences = preferences;
    preferences.subscribe(() => this.#say());
  }

  /** What a new session is to say. */
  get wishes(): PresenceOptions {
    const { status, note } = this.#preferences.view();
    return status === "online" && note === "" ? {} : { status, note };
  }

  choose(status: PresenceStatus, note: string): void {
    this.#preferences.choose({ status, note: note.trim() });
  }

  adopt(session: Session): void {
    this.#session = session;
    session.on("state", () => this.#say());
    this.#say();
  }

  /** Tells the gateway what it does not know yet. What fails now is told when the connection is back. */
  #say(): void {
    const { status, note } = this.#preferences.view();
    const session = this.#session;
    if (session?.view().state !== "connected" || session.view().guest) return;
    const said = session.presence.view();
    if (said.status === status && said.note === note) return;
    void session.presence.setStatus(status, note).catch(() => {});
  }
}
