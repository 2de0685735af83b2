import { InTurn } from "../../base/in-turn.ts";
import type { ConversationChange, ConversationJournal } from "../conversation-journal.ts";
import type {
  ConversationKey,
  ConversationLimits,
  Conversations,
  KeptMessage,
  ListOptions,
  Mark,
  MarkedMember,
  Membership,
  Moved,
  NewMessage,
  Summary,
} from "../conversations.ts";
import { printUserId, type UserId } from "../user-id.ts";
import { ConversationState } from "./conversation-state.ts";

/** Keeps nothing beyond the process. */
const noJournal: ConversationJournal = { append: async () => {}, rewrite: async () => {} };

/** Conversations of one process. With a journal they outlive it: a change counts once it is written there. */
export class MemoryConversations implements Conversations {
  readonly #limits: ConversationLimits;
  readonly #now: () => number;
  readonly #journal: ConversationJournal;
  readonly #turns = new InTurn();
  readonly #states = new Map<ConversationKey, ConversationState>();
  /** Conversations of each user. */
  readonly #keys = new Map<string, Set<ConversationKey>>();
  /** What is written of these is more than there is. */
  readonly #stale = new Set<ConversationKey>();

  constructor(limits: ConversationLimits, now: () => number, journal = noJournal) {
    this.#limits = limits;
    this.#now = now;
    this.#journal = journal;
  }

  /** What an earlier process has written down. */
  restore(key: ConversationKey, changes: Iterable<ConversationChange>): void {
    for (const change of changes) this.#apply(key, change);
    this.#stale.add(key);
  }

  add(
    key: ConversationKey,
    message: NewMessage,
    members: readonly string[],
  ): Promise<{ message: KeptMessage; fresh: boolean }> {
    return this.#turns.run(key, async () => {
      const state = this.#states.get(key);
      const known = state?.find(message.from, message.messageId);
      if (known) return { message: known, fresh: false };
      const kept = { ...message, number: state?.next ?? 1 };
      const joined = members.map((user) => ({ user, role: "member" }) as const);
      await this.#write(key, [
        ...(state ? [] : [{ is: "members", members: joined } as const]),
        { is: "message", message: kept },
      ]);
      if (this.#states.get(key)?.prune(this.#limits, this.#oldest)) this.#stale.add(key);
      return { message: kept, fresh: true };
    });
  }

  edit(
    key: ConversationKey,
    from: string,
    messageId: string,
    text: string | undefined,
    at: number,
  ): Promise<KeptMessage | undefined> {
    return this.#turns.run(key, async () => {
      const known = this.#states.get(key)?.find(from, messageId);
      if (!known || known.deleted || known.at < this.#oldest) return undefined;
      await this.#write(key, [{ is: "edit", number: known.number, text: text ?? null, at }]);
      this.#stale.add(key);
      return this.#states.get(key)?.at(known.number);
    });
  }

  async list(
    key: ConversationKey,
    { before = Infinity, limit, search }: ListOptions,
  ): Promise<{ messages: readonly KeptMessage[]; more: boolean }> {
    const wanted = search?.toLocaleLowerCase();
    const all = (this.#states.get(key)?.messages(this.#oldest) ?? [])
      .filter(({ number, text, deleted }) => {
        if (number >= before) return false;
        return wanted === undefined || (!deleted && text.toLocaleLowerCase().includes(wanted));
      })
      .reverse();
    return { messages: all.slice(0, limit), more: all.length > limit };
  }

  async waiting(key: ConversationKey, user: string, limit: number): Promise<readonly KeptMessage[]> {
    const state = this.#states.get(key);
    const member = state?.member(user);
    if (!state || !member || member.invited) return [];
    return state
      .messages(this.#oldest)
      .filter(({ number, from, deleted }) => number > member.delivered && from !== user && !deleted)
      .slice(0, limit);
  }

  mark(key: ConversationKey, user: string, mark: Mark, number: number): Promise<Moved | undefined> {
    return this.#turns.run(key, async () => {
      const state = this.#states.get(key);
      const member = state?.member(user);
      if (!state || !member || member.invited) return undefined;
      const to = Math.min(number, state.next - 1);
      if (to <= member[mark]) return undefined;
      const passed = state.newestOfOthers(user, member[mark], to);
      await this.#write(key, [{ is: "mark", user, mark, number: to }]);
      return { number: to, passed, unread: state.summary(key, user, this.#oldest).unread };
    });
  }

  async members(key: ConversationKey): Promise<Membership<MarkedMember> | undefined> {
    return this.#states.get(key)?.membership;
  }

  settle(
    key: ConversationKey,
    change: (now: Membership<MarkedMember> | undefined) => Membership | undefined,
  ): Promise<Membership<MarkedMember> | undefined> {
    return this.#turns.run(key, async () => {
      const now = this.#states.get(key)?.membership;
      const wanted = change(now);
      if (!wanted) return now;
      const { name } = wanted;
      const members = wanted.members.map(({ user, role, invited }) => ({ user, role, ...(invited && { invited }) }));
      if (members.length === 0) return this.#delete(key);
      await this.#write(key, [{ is: "members", ...(name !== undefined && { name }), members }]);
      return this.#states.get(key)?.membership;
    });
  }

  async of(user: UserId, limit: number): Promise<readonly Summary[]> {
    const name = printUserId(user);
    const all = [...(this.#keys.get(name) ?? [])].flatMap(
      (key) => this.#states.get(key)?.summary(key, name, this.#oldest) ?? [],
    );
    return all.sort((a, b) => (b.last?.at ?? 0) - (a.last?.at ?? 0)).slice(0, limit);
  }

  forget(key: ConversationKey, user: string): Promise<number> {
    return this.#turns.run(key, async () => {
      const state = this.#states.get(key);
      if (!state) return 0;
      await this.#journal.rewrite(
        key,
        state.changes.filter((change) => change.is !== "message" || change.message.from !== user),
      );
      return state.forget(user);
    });
  }

  async prune(): Promise<void> {
    for (const [key, state] of [...this.#states]) {
      await this.#turns.run(key, async () => {
        if (!state.prune(this.#limits, this.#oldest) && !this.#stale.has(key)) return;
        await this.#journal.rewrite(key, state.changes);
        this.#stale.delete(key);
      });
    }
  }

  get #oldest(): number {
    return this.#now() - this.#limits.age;
  }

  async #write(key: ConversationKey, changes: readonly ConversationChange[]): Promise<void> {
    await this.#journal.append(key, changes);
    for (const change of changes) this.#apply(key, change);
  }

  #apply(key: ConversationKey, change: ConversationChange): void {
    let state = this.#states.get(key);
    if (!state) this.#states.set(key, (state = new ConversationState()));
    const before = state.membership.members;
    state.apply(change);
    if (change.is === "members") this.#index(key, before, change.members);
  }

  #index(key: ConversationKey, before: readonly { user: string }[], after: readonly { user: string }[]): void {
    for (const { user } of before) {
      const keys = this.#keys.get(user);
      if (keys?.delete(key) && keys.size === 0) this.#keys.delete(user);
    }
    for (const { user } of after) this.#keys.set(user, (this.#keys.get(user) ?? new Set()).add(key));
  }

  async #delete(key: ConversationKey): Promise<undefined> {
    await this.#journal.rewrite(key, []);
    this.#index(key, this.#states.get(key)?.membership.members ?? [], []);
    this.#states.delete(key);
    this.#stale.delete(key);
  }
}
