import { CodedError } from "../base/errors.ts";
import type { UserId } from "./user-id.ts";
import type { UserStore } from "./user-store.ts";

/** - `book-full`: the user has as many contacts as one may have. */
export class AddressBookError extends CodedError<"book-full"> {}

/** Each user's own contacts; kept until they are removed. */
export class AddressBook<Contact extends { readonly contactId: string }> {
  readonly #books: UserStore<readonly Contact[]>;
  readonly #limit: number;

  constructor(store: UserStore<readonly Contact[]>, limit = 1_000) {
    this.#books = store;
    this.#limit = limit;
  }

  async list(user: UserId): Promise<readonly Contact[]> {
    return (await this.#books.read(user)) ?? [];
  }

  /** Adds it, or replaces the one of that id. Resolves with the whole book. @throws AddressBookError `book-full` */
  async put(user: UserId, contact: Contact): Promise<readonly Contact[]> {
    const book = await this.#books.change(user, (known = []) => {
      const others = known.filter(({ contactId }) => contactId !== contact.contactId);
      if (others.length >= this.#limit) throw new AddressBookError("book-full", `${this.#limit} contacts are kept`);
      return [...others, contact];
    });
    return book ?? [];
  }

  /** False when there was none. */
  erase(user: UserId): Promise<boolean> {
    return this.#books.erase(user);
  }

  /** Resolves with the whole book. */
  async remove(user: UserId, contactId: string): Promise<readonly Contact[]> {
    return (await this.#books.change(user, (known = []) => known.filter((one) => one.contactId !== contactId))) ?? [];
  }
}
