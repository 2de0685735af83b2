import { systemClock, type Timer } from "../../../gateway/base/clock.ts";
import { ClientError, type Conversation, type Message, type Peer, type Receipt, type Session } from "../../index.ts";
import { LiveObject } from "../../live.ts";
import { conversationKey } from "../../message.ts";
import type { Notices } from "./notices.ts";

/** What is sent at once. */
export interface Draft {
  readonly text: string;
  readonly files: readonly File[];
}

/** What the gateway has not accepted yet. */
export interface Unsent extends Draft {
  readonly id: string;
  readonly failed: boolean;
  /** Why, where that is known. */
  readonly why?: Pick<ClientError, "code" | "detail" | "message"> | undefined;
  /** Bytes of its files that have gone, and all of them. */
  readonly sent: number;
  readonly total: number;
}

export interface Thread {
  /** Oldest first. */
  readonly messages: readonly Message[];
  /** There are older ones. */
  readonly more: boolean;
  /** There are newer ones: somebody looks at what was said before. */
  readonly ahead: boolean;
  readonly unsent: readonly Unsent[];
  /** Ids of messages that no softphone took. */
  readonly failed: ReadonlySet<string>;
}

export interface ChatsView {
  readonly threads: ReadonlyMap<string, Thread>;
  /** Who types, by conversation. */
  readonly typing: ReadonlyMap<string, Peer>;
}

const empty: Thread = { messages: [], more: false, ahead: false, unsent: [], failed: new Set() };
const pageSize = 50;
/** How long somebody counts as typing after the last word of it, in milliseconds. */
const typingMs = 5_000;

/** What has been said in the conversations that were looked at, and what is on its way. */
export class Chats extends LiveObject<ChatsView, Record<never, never>> {
  readonly #notices: Notices;
  readonly #typing = new Map<string, Timer>();
  /** What stops each that is on its way. */
  readonly #sending = new Map<string, AbortController>();
  #session: Session | undefined;

  constructor(notices: Notices) {
    super({ threads: new Map(), typing: new Map() });
    this.#notices = notices;
  }

  adopt(session: Session): void {
    this.#session = session;
    this.update({ threads: new Map(), typing: new Map() });
    const { messages } = session;
    messages.on("message", (message) => this.#came(message));
    messages.on("changed", (message) => this.#merge(message.of, [message]));
    messages.on("receipt", (receipt) => this.#receipt(receipt));
    messages.on("typing", ({ of, from }) => this.#types(conversationKey(of), from));
    session.on("state", ({ state }) => state === "connected" && this.#reload());
  }

  thread(of: Conversation): Thread {
    return this.view().threads.get(conversationKey(of)) ?? empty;
  }

  /** Fetches the newest messages the first time, and after somebody has looked at older ones. */
  async open(of: Conversation): Promise<void> {
    if (this.thread(of).ahead) return this.newest(of);
    if (!this.view().threads.has(conversationKey(of))) await this.#fetch(of);
  }

  /** Fetches what was said around the message of that number. What was fetched before and does not touch it goes. */
  async openAt(of: Conversation, number: number): Promise<void> {
    if (this.thread(of).messages.some((one) => one.number === number)) return;
    const before = { number: number + pageSize / 2 };
    const found = await this.#session?.messages.history(of, { limit: pageSize, before }).catch(() => undefined);
    if (!found) return;
    const messages = found.toReversed();
    this.#set(of, { messages, more: found.length === pageSize, ahead: this.#isBehind(of, messages) });
  }

  async newer(of: Conversation): Promise<void> {
    const last = this.thread(of).messages.at(-1)?.number ?? 0;
    const before = { number: last + pageSize + 1 };
    const found = await this.#session?.messages.history(of, { limit: pageSize, before }).catch(() => undefined);
    if (!found) return;
    this.#merge(of, found);
    this.#set(of, { ahead: this.#isBehind(of, this.thread(of).messages) });
  }

  /** Leaves the older messages. */
  async newest(of: Conversation): Promise<void> {
    const found = await this.#session?.messages.history(of, { limit: pageSize }).catch(() => undefined);
    if (found) this.#set(of, { messages: found.toReversed(), more: found.length === pageSize, ahead: false });
  }

  async older(of: Conversation): Promise<void> {
    await this.#fetch(of, this.thread(of).messages[0]);
  }

  /** Shows it at once, and sends it; a connection that is away is waited for. */
  async send(of: Conversation, { text, files }: Draft, id = this.#newId()): Promise<void> {
    this.drop(of, id);
    if (this.thread(of).ahead) void this.newest(of);
    const fresh = { id, text, files, failed: false, sent: 0, total: 0 };
    this.#set(of, { unsent: [...this.thread(of).unsent, fresh] });
    const stop = new AbortController();
    this.#sending.set(id, stop);
    try {
      const progress = (sent: number, total: number): void => this.#mark(of, id, { sent, total });
      const message = await this.#session?.messages.send(of, text, { id, files, progress, signal: stop.signal });
      this.drop(of, id);
      if (message) this.#merge(of, [message]);
    } catch (thrown) {
      if (stop.signal.aborted) return;
      this.#mark(of, id, { failed: true, why: thrown instanceof ClientError ? thrown : undefined });
      this.#notices.tell(thrown);
    } finally {
      this.#sending.delete(id);
    }
  }

  /** Stops what is on its way, or gives up what could not be sent. */
  drop(of: Conversation, id: string): void {
    this.#sending.get(id)?.abort();
    this.#set(of, { unsent: this.thread(of).unsent.filter((one) => one.id !== id) });
  }

  /** The user has the conversation before their eyes. */
  read(of: Conversation): void {
    const key = conversationKey(of);
    const shown = this.#session?.messages.view().conversations.find((one) => conversationKey(one.of) === key);
    if (shown?.unread && shown.last) this.#session?.messages.markRead(shown.last).catch(() => {});
  }

  #mark(of: Conversation, id: string, patch: Partial<Unsent>): void {
    this.#set(of, { unsent: this.thread(of).unsent.map((one) => (one.id === id ? { ...one, ...patch } : one)) });
  }

  #newId(): string {
    return globalThis.crypto.getRandomValues(new Uint32Array(4)).join("-");
  }

  #came(message: Message): void {
    const key = conversationKey(message.of);
    this.#types(key, undefined);
    // Between it and what is looked at others are missing.
    if (this.view().threads.has(key) && !this.thread(message.of).ahead) this.#merge(message.of, [message]);
  }

  #isBehind(of: Conversation, messages: readonly Message[]): boolean {
    const key = conversationKey(of);
    const all = this.#session?.messages.view().conversations ?? [];
    const last = all.find((one) => conversationKey(one.of) === key)?.last?.number ?? 0;
    return (messages.at(-1)?.number ?? 0) < last;
  }

  #reload(): void {
    for (const thread of this.view().threads.values()) {
      const of = thread.messages[0]?.of;
      if (of && !thread.ahead) void this.#fetch(of);
    }
  }

  async #fetch(of: Conversation, before?: Message): Promise<void> {
    const page = { limit: pageSize, ...(before && { before }) };
    const found = await this.#session?.messages.history(of, page).catch(() => undefined);
    if (!found) return;
    const known = this.thread(of).messages.length > 0 && !before;
    this.#merge(of, found);
    if (!known) this.#set(of, { more: found.length === pageSize });
  }

  #merge(of: Conversation, fresh: readonly Message[]): void {
    const all = new Map([...this.thread(of).messages, ...fresh].map((message) => [message.number, message]));
    this.#set(of, { messages: [...all.values()].sort((a, b) => a.number - b.number) });
  }

  /** In a group one receipt says little: its messages show it when the conversation is opened again. */
  #receipt({ of, number, state, id }: Receipt): void {
    if (!this.view().threads.has(conversationKey(of)) || "group" in of) return;
    const { messages, failed } = this.thread(of);
    if (state === "failed") return this.#set(of, { failed: new Set([...failed, id]) });
    const passed = messages.map((one) => (one.number <= number && one.state !== "read" ? { ...one, state } : one));
    this.#set(of, { messages: passed });
  }

  #types(key: string, from: Peer | undefined): void {
    this.#typing.get(key)?.cancel();
    this.#typing.delete(key);
    const typing = new Map(this.view().typing);
    if (from) typing.set(key, from);
    else if (!typing.delete(key)) return;
    if (from)
      this.#typing.set(
        key,
        systemClock.after(typingMs, () => this.#types(key, undefined)),
      );
    this.update({ typing });
  }

  #set(of: Conversation, patch: Partial<Thread>): void {
    const threads = new Map(this.view().threads);
    threads.set(conversationKey(of), { ...this.thread(of), ...patch });
    this.update({ threads });
  }
}
