import { addressOf, readTarget, type Conversation, type Target } from "../index.ts";

/**
 * Ids as pages of the old style use them: users of the own domain are their bare names, everybody else has the address
 * that the library gives.
 */
export class Names {
  readonly #ownUser: () => string;

  /** `ownUser`: the page's user, `name@domain`. */
  constructor(ownUser: () => string) {
    this.#ownUser = ownUser;
  }

  get own(): string {
    return this.idOf({ user: this.#ownUser() });
  }

  /** A bare name is a user; numbers of telephones begin with "+" or "tel:". @throws ClientError `bad-target` */
  target(id: string | number): Target {
    const text = String(id);
    return /^\+|^(tel|sips?|user):/i.test(text) ? readTarget(text) : { user: this.userOf(text) };
  }

  /** `name@domain`. */
  userOf(id: string | number): string {
    const text = String(id);
    return text.includes("@") ? text : `${text}@${this.#domain}`;
  }

  idOf(target: Target): string {
    const address = addressOf(target);
    return "user" in target && address.endsWith(`@${this.#domain}`) ? address.split("@", 1).join() : address;
  }

  conversationIdOf(of: Conversation): string {
    return "group" in of ? of.group : this.idOf(of);
  }

  get #domain(): string {
    return this.#ownUser().split("@").slice(1).join();
  }
}
