import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { InRequest, SipLink } from "./link.ts";

/** Whoever takes the requests of one dialog. */
export interface DialogUser {
  handle(request: InRequest): void;
  /** The SIP server was lost and the dialog with it. */
  lost(): void;
}

/** The dialogs of one SIP server by the ids that it gave them; an id is never built here. */
export class DialogTable {
  readonly link: SipLink;
  readonly usageParts: { readonly link: SipLink; readonly clock: Clock; readonly log: Logger };
  readonly #users = new Map<string, DialogUser>();
  readonly #invites = new Map<string, DialogUser>();

  constructor(link: SipLink, clock: Clock, log: Logger) {
    this.link = link;
    this.usageParts = { link, clock, log };
  }

  /** Established dialogs, and INVITEs whose final response is open: back to 0 when no call is up. */
  get size(): number {
    return this.#users.size + this.#invites.size;
  }

  /** Requests of the dialog go to `user` from now on; the returned function ends that. */
  add(dialogId: string, user: DialogUser): () => void {
    this.#users.set(dialogId, user);
    return () => {
      if (this.#users.get(dialogId) === user) this.#users.delete(dialogId);
    };
  }

  /** An INVITE whose final response is open; requests of its transaction (ACK, early UPDATE) go to `user`. */
  addInvite(transactionId: string, user: DialogUser): () => void {
    this.#invites.set(transactionId, user);
    return () => void this.#invites.delete(transactionId);
  }

  /** False when the dialog is not known. */
  dispatch(request: InRequest): boolean {
    const user = this.#users.get(request.dialogId) ?? this.#invites.get(request.transactionId);
    user?.handle(request);
    return user !== undefined;
  }

  /** The SIP server is gone: every dialog with it. */
  lost(): void {
    const users = [...this.#users.values(), ...this.#invites.values()];
    this.#users.clear();
    this.#invites.clear();
    for (const user of users) user.lost();
  }
}
