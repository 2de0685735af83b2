import type { ConversationChange } from "../conversation-journal.ts";
import {
  edited,
  type ConversationLimits,
  type KeptMessage,
  type MarkedMember,
  type Member,
  type Membership,
  type Summary,
} from "../conversations.ts";

const idOf = (from: string, messageId: string): string => `${from} ${messageId}`;

/** One conversation in memory. Nothing changes it but `apply`. */
export class ConversationState {
  readonly #messages = new Map<number, KeptMessage>();
  readonly #numbers = new Map<string, number>();
  #members: readonly MarkedMember[] = [];
  #name: string | undefined;
  #last = 0;

  /** The number that the next message gets. */
  get next(): number {
    return this.#last + 1;
  }

  get membership(): Membership<MarkedMember> {
    return { ...(this.#name !== undefined && { name: this.#name }), members: this.#members };
  }

  member(user: string): MarkedMember | undefined {
    return this.#members.find((one) => one.user === user);
  }

  find(from: string, messageId: string): KeptMessage | undefined {
    return this.#messages.get(this.#numbers.get(idOf(from, messageId)) ?? 0);
  }

  at(number: number): KeptMessage | undefined {
    return this.#messages.get(number);
  }

  /** Oldest first, those of `since` and later. */
  messages(since = 0): KeptMessage[] {
    return [...this.#messages.values()].filter(({ at }) => at >= since);
  }

  /** Of those after `since` up to `to`: the newest of each member but `user`. */
  newestOfOthers(user: string, since: number, to: number): readonly KeptMessage[] {
    const passed = this.messages().filter(({ number, from }) => number > since && number <= to && from !== user);
    return [...new Map(passed.map((message) => [message.from, message])).values()];
  }

  summary(key: string, user: string, since: number): Summary {
    const read = this.member(user)?.read ?? 0;
    const shown = this.messages(since);
    const unread = shown.filter((one) => one.number > read && one.from !== user && !one.deleted).length;
    const last = shown.at(-1);
    return { key, ...this.membership, unread, ...(last && { last }) };
  }

  apply(change: ConversationChange): void {
    switch (change.is) {
      case "message":
        return this.#keep(change.message);
      case "edit": {
        const known = this.#messages.get(change.number);
        if (known) this.#messages.set(change.number, edited(known, change.text, change.at));
        return;
      }
      case "mark":
        this.#members = this.#members.map((one) => (one.user === change.user ? marked(one, change) : one));
        return;
      case "members":
        return this.#settle(change.name, change.members);
      case "last":
        this.#last = Math.max(this.#last, change.number);
    }
  }

  /** Forgets what is too old or too much; true when something went. */
  prune({ messages }: ConversationLimits, since: number): boolean {
    const before = this.#messages.size;
    for (const message of [...this.#messages.values()]) {
      if (message.at >= since && this.#messages.size <= messages) break;
      this.#drop(message);
    }
    return this.#messages.size < before;
  }

  /** Forgets all that `user` has sent; how many. */
  forget(user: string): number {
    const theirs = this.messages().filter(({ from }) => from === user);
    for (const message of theirs) this.#drop(message);
    return theirs.length;
  }

  /** The changes that make it what it is now. */
  get changes(): readonly ConversationChange[] {
    const { name } = this.membership;
    const members = this.#members.map(({ delivered: _delivered, read: _read, ...member }) => member);
    return [
      { is: "members", ...(name !== undefined && { name }), members },
      ...this.messages().map((message) => ({ is: "message", message }) as const),
      { is: "last", number: this.#last },
      ...this.#members.flatMap(({ user, delivered, read }) => [
        { is: "mark", user, mark: "delivered", number: delivered } as const,
        { is: "mark", user, mark: "read", number: read } as const,
      ]),
    ];
  }

  #drop({ number, from, messageId }: KeptMessage): void {
    this.#messages.delete(number);
    this.#numbers.delete(idOf(from, messageId));
  }

  #keep(message: KeptMessage): void {
    this.#messages.set(message.number, message);
    this.#numbers.set(idOf(message.from, message.messageId), message.number);
    this.#last = Math.max(this.#last, message.number);
  }

  #settle(name: string | undefined, members: readonly Member[]): void {
    this.#name = name;
    this.#members = members.map((member) => {
      const known = this.member(member.user);
      const here = known && !known.invited ? known : { delivered: this.#last, read: this.#last };
      return { ...member, delivered: here.delivered, read: here.read };
    });
  }
}

function marked(member: MarkedMember, { mark, number }: { mark: "delivered" | "read"; number: number }): MarkedMember {
  const delivered = Math.max(member.delivered, number);
  return mark === "read" ? { ...member, delivered, read: Math.max(member.read, number) } : { ...member, delivered };
}
