import type { SavedContact } from "../gateway/protocol/values.ts";
import type { Link } from "./link.ts";
import { LiveObject } from "./live.ts";
import type { Platform } from "./platform.ts";

export type { SavedContact };

/** The user's own address book, kept by the gateway for all of the user's devices. */
export class Contacts extends LiveObject<{ readonly saved: readonly SavedContact[] }, Record<never, never>> {
  readonly #link: Link;
  readonly #platform: Platform;

  constructor(link: Link, platform: Platform) {
    super({ saved: Object.freeze([]) });
    this.#link = link;
    this.#platform = platform;
    link.events.on("fact", (fact) => {
      if (fact.type === "contacts.saved") this.update({ saved: Object.freeze(fact.contacts) });
    });
    link.events.on("state", (state) => {
      if (state === "closed") this.finish();
    });
  }

  /**
   * Adds a contact, or with its `contactId` replaces one; resolves with its id once the gateway keeps it.
   * @throws ClientError `not-allowed` for guests and when the book is full, `unreachable`
   */
  async put(contact: Omit<SavedContact, "contactId"> & { readonly contactId?: string }): Promise<string> {
    const contactId = contact.contactId ?? this.#platform.newId();
    await this.#link.request({ type: "contact.put", contact: { ...contact, contactId } }, "ok", () => undefined);
    return contactId;
  }

  /** Does nothing when there is none of that id. @throws ClientError `unreachable` */
  remove(contactId: string): Promise<void> {
    return this.#link.request({ type: "contact.remove", contactId }, "ok", () => undefined);
  }
}
