import { InTurn } from "../base/in-turn.ts";
import { messageOf } from "../base/errors.ts";
import { Recent } from "../base/recent.ts";
import type { ConversationKey, KeptMessage, Mark } from "../directory/conversations.ts";
import { StoreError } from "../directory/store-error.ts";
import { parseUserId, printUserId, type UserId } from "../directory/user-id.ts";
import { searchMessages } from "../directory/message-search.ts";
import type { Conversation, FoundMessageInfo, FoundPlaceInfo, MessageInfo } from "../protocol/message-values.ts";
import type { MessageEvent } from "../protocol/server-frame.ts";
import { limits } from "../protocol/version.ts";
import type { Access, Members } from "./access.ts";
import type { Attachments } from "./attachments.ts";
import type { IncomingMessage } from "./carrier.ts";
import type { Actor, MessagingParts } from "./parts.ts";
import { isDirect, PhoneDelivery } from "./phone-delivery.ts";
import { otherUser, placeOf, seenFrom } from "./place.ts";
import { Postponed, type Draft } from "./postponed.ts";
import { MessagingRefusal } from "./refusal.ts";
import { foundInfo, messageInfo, peerInfo, Views } from "./views.ts";

/** Conversations told at sign-in, and messages of one that are sent along. */
const conversationsTold = 200;
const messagesTold = 200;
const toldRemembered = 10_000;
const pendingByDefault = 1_000;

export interface MessagesParts extends MessagingParts {
  readonly access: Access;
  readonly attachments: Pick<Attachments, "claim" | "forget">;
}

/** The last message of a conversation that a page was told of. */
export interface Reached {
  readonly of: Conversation;
  readonly number: number;
}

/**
 * Text and files between users, one-to-one and in groups. What happens in one conversation happens in order: it is kept
 * first, then answered, then told to all pages of all its people, and given to their softphones.
 */
export class Messages {
  readonly #parts: MessagesParts;
  readonly #access: Access;
  readonly #views: Views;
  readonly #turns = new InTurn();
  readonly #phones: PhoneDelivery | undefined;
  /** Messages that this process has told the pages of. */
  readonly #told = new Recent(toldRemembered);
  readonly #postponed: Postponed;

  constructor(parts: MessagesParts) {
    this.#parts = parts;
    this.#access = parts.access;
    this.#views = new Views(parts.accounts);
    const { conversations, carrier, clock, log, pending = pendingByDefault } = parts;
    this.#postponed = new Postponed({
      clock,
      limit: pending,
      keep: (draft) => this.#turns.run(draft.key, () => this.#keep(draft)),
      refused: (draft, fault) => this.#refusedLate(draft, fault),
    });
    this.#phones =
      carrier &&
      new PhoneDelivery({
        conversations,
        carrier,
        log,
        delivered: (key, user, { number }) => this.#mark({ user }, key, number, "delivered"),
        refused: (key, user, message) => this.#refused(key, user, message),
      });
  }

  /**
   * Resolves with the message when it is kept. While the store is away, without: it is kept as soon as can be, and its
   * sender is told then by `message.received`, or by `message.refused`. Sent again, it is the same message. `fileIds`:
   * files that are sent with it.
   * @throws MessagingRefusal `bad-target`, `too-large`, `overload`; whatever the store throws, but that it is away
   */
  async send(
    actor: Actor,
    to: Conversation,
    text: string,
    messageId: string,
    fileIds: readonly string[] = [],
  ): Promise<MessageInfo | undefined> {
    const draft = { ...this.#draft(actor, to, text, messageId), fileIds };
    return this.#turns.run(draft.key, async () => {
      try {
        if (!this.#postponed.has(draft.key)) return await this.#keep(draft, actor.session);
      } catch (fault) {
        if (!(fault instanceof StoreError && fault.code === "away")) throw fault;
      }
      this.#postponed.put(draft);
      return undefined;
    });
  }

  /** From a softphone; its sender is proved. Rejects when it could not be kept. */
  async take({ from, name, to, text, messageId }: IncomingMessage): Promise<"kept" | "unknown"> {
    const actor = { user: from, ...(name !== undefined && { name }) };
    try {
      const draft = this.#draft(actor, { user: printUserId(to) }, text, messageId);
      await this.#turns.run(draft.key, () => this.#keep(draft));
      return "kept";
    } catch (fault) {
      if (fault instanceof MessagingRefusal && fault.code === "bad-target") return "unknown";
      throw fault;
    }
  }

  /** Messages that wait for the store. */
  get postponed(): number {
    return this.#postponed.size;
  }

  /** Another text, or without one none. @throws MessagingRefusal `bad-target`, `too-large`, `wrong-state` */
  async edit(actor: Actor, of: Conversation, messageId: string, text?: string): Promise<void> {
    if (text !== undefined) checkSize(text);
    const key = placeOf(actor.user, of);
    const from = printUserId(actor.user);
    await this.#turns.run(key, async () => {
      await this.#access.members(key, from);
      const message = await this.#parts.conversations.edit(key, from, messageId, text, this.#parts.clock.now());
      if (!message) throw new MessagingRefusal("wrong-state", "You have sent no such message, or it is deleted.");
      if (message.deleted) await this.#parts.attachments.forget(key, from, messageId);
      const now = await this.#access.members(key, from);
      this.#toAll(now, (user) => ({ type: "message.changed", message: messageInfo(key, now, message, user) }));
    });
  }

  /** Everything up to `number` has come to a device of the user, or was read. @throws MessagingRefusal `bad-target` */
  async mark(actor: Actor, of: Conversation, number: number, mark: Mark): Promise<void> {
    const key = placeOf(actor.user, of);
    await this.#access.members(key, printUserId(actor.user));
    await this.#mark(actor, key, number, mark);
  }

  /** @throws MessagingRefusal `bad-target` */
  async typing(actor: Actor, to: Conversation): Promise<void> {
    const key = placeOf(actor.user, to);
    const from = printUserId(actor.user);
    const other = "user" in to ? otherUser(actor.user, to.user) : undefined;
    const now = other
      ? { members: [{ user: printUserId(other), role: "member", delivered: 0, read: 0 } as const] }
      : await this.#access.members(key, from);
    const peer = peerInfo(from, actor.name);
    const others = { members: now.members.filter(({ user }) => user !== from) };
    this.#toAll(others, (user) => ({ type: "message.typing", of: seenFrom(user, key), from: peer }));
  }

  /** Newest first. Only who is in it reads it. @throws MessagingRefusal `bad-target` */
  async list(
    { user }: Actor,
    of: Conversation,
    options: { readonly before?: number; readonly limit: number; readonly search?: string },
  ): Promise<{ readonly messages: readonly MessageInfo[]; readonly more: boolean }> {
    const key = placeOf(user, of);
    const viewer = printUserId(user);
    const now = "user" in of ? await this.#parts.conversations.members(key) : await this.#access.members(key, viewer);
    if (!now) return { messages: [], more: false };
    const { messages, more } = await this.#parts.conversations.list(key, options);
    return { messages: messages.map((message) => messageInfo(key, now, message, viewer)), more };
  }

  /** Text in all conversations of the user, newest first. @throws MessagingRefusal `bad-target` */
  async search(
    { user }: Actor,
    { text, before, limit }: { readonly text: string; readonly before?: FoundPlaceInfo; readonly limit: number },
  ): Promise<{ readonly found: readonly FoundMessageInfo[]; readonly next?: FoundPlaceInfo }> {
    const viewer = printUserId(user);
    const place = before && { at: before.at, key: placeOf(user, before.of), number: before.number };
    const options = { text, limit, ...(place && { before: place }) };
    const { found, next } = await searchMessages(this.#parts.conversations, user, options);
    return {
      found: found.map(({ key, message }) => foundInfo(key, message, viewer, text)),
      ...(next && { next: { of: seenFrom(viewer, next.key), number: next.number, at: next.at } }),
    };
  }

  /**
   * Tells a page the user's conversations, and of each what came after the message that the page was `told` of last; when
   * it was told of none, what has not come to any device yet. How far it has come then.
   */
  async catchUp(
    user: UserId,
    tell: (event: MessageEvent) => void,
    told: (of: Conversation) => number | undefined,
  ): Promise<readonly Reached[]> {
    const viewer = printUserId(user);
    const reached: Reached[] = [];
    const summaries = await this.#parts.conversations.of(user, conversationsTold);
    const shown = summaries.map((summary) => this.#views.conversation(viewer, summary));
    tell({ type: "message.conversations", conversations: await Promise.all(shown) });
    for (const { key, last, members } of summaries) {
      const of = seenFrom(viewer, key);
      const known = told(of) ?? members.find((one) => one.user === viewer)?.delivered ?? 0;
      if (last && last.number <= known) reached.push({ of, number: known });
      if (!last || last.number <= known) continue;
      const messages = await this.between(user, of, told(of), Infinity);
      for (const message of messages) tell({ type: "message.received", message });
      const newest = messages.at(-1)?.number ?? 0;
      reached.push({ of, number: messages.length < messagesTold ? Math.max(newest, last.number) : newest });
    }
    return reached;
  }

  /** What came after number `after`, or without it has not come to any device yet, before `before`: oldest first. */
  between(user: UserId, of: Conversation, after: number | undefined, before: number): Promise<readonly MessageInfo[]> {
    const key = placeOf(user, of);
    const viewer = printUserId(user);
    const { conversations } = this.#parts;
    return this.#turns.run(key, async () => {
      const now = await conversations.members(key);
      if (!now?.members.some((one) => one.user === viewer && !one.invited)) return [];
      const limits = { limit: messagesTold, ...(before < Infinity && { before }) };
      const found =
        after === undefined
          ? await conversations.waiting(key, viewer, messagesTold)
          : [...(await conversations.list(key, limits)).messages].reverse();
      const wanted = found.filter(({ number }) => number > (after ?? 0) && number < before);
      return wanted.map((message) => messageInfo(key, now, message, viewer));
    });
  }

  async close(): Promise<void> {
    this.#phones?.close();
    await this.#postponed.close();
    if (this.postponed > 0) this.#parts.log.error("messages lost", { messages: this.postponed });
  }

  #draft(actor: Actor, to: Conversation, text: string, messageId: string): Draft {
    checkSize(text);
    return { key: placeOf(actor.user, to), actor, to, text, messageId, at: this.#parts.clock.now() };
  }

  /** `session` knows it by the answer. */
  async #keep({ key, actor, to, text, messageId, at, fileIds = [] }: Draft, session?: string): Promise<MessageInfo> {
    const from = printUserId(actor.user);
    const { founders } = await this.#access.writable(actor.user, to);
    const files = fileIds.length > 0 && (await this.#parts.attachments.claim(key, from, messageId, fileIds));
    const name = actor.name ?? (await this.#views.nameOf(from));
    const sent = { messageId, from, at, text, ...(name !== undefined && { name }), ...(files && { files }) };
    const { message, fresh } = await this.#parts.conversations.add(key, sent, founders);
    const now = await this.#access.members(key, from);
    // Whoever kept it before may have ended before it told anybody.
    const untold = fresh ? now.members : now.members.filter(({ delivered }) => delivered < message.number);
    if (this.#told.add(`${key} ${message.number}`)) this.#received(key, now, message, untold, session);
    return messageInfo(key, now, message, from);
  }

  #received(
    key: ConversationKey,
    now: Members,
    message: KeptMessage,
    untold: Members["members"],
    session: string | undefined,
  ): void {
    const { messageId, from, number, text } = message;
    const { domain = "" } = parseUserId(from) ?? {};
    this.#parts.kept?.({ domain, messageId, from, to: seenFrom(from, key), number, text });
    const event = (user: string): MessageEvent => ({
      type: "message.received",
      message: messageInfo(key, now, message, user),
    });
    this.#toAll({ members: untold }, event, session);
    this.#tellAbsent(key, now, message, untold);
    if (!isDirect(key)) return;
    const other = untold.find(({ user }) => user !== message.from);
    const id = other && parseUserId(other.user);
    if (id) this.#phones?.offer(key, id, message);
  }

  #tellAbsent(key: ConversationKey, { name }: Members, message: KeptMessage, untold: Members["members"]): void {
    const { absent } = this.#parts;
    if (!absent) return;
    const { from, number, text, files = [] } = message;
    for (const { user, invited } of untold) {
      const id = parseUserId(user);
      if (!id || invited || user === from) continue;
      const peer = peerInfo(from, message.name);
      const group = isDirect(key) || name === undefined ? {} : { group: name };
      absent(id, { of: seenFrom(user, key), number, from: peer, ...group, text, files: files.length });
    }
  }

  #refusedLate({ actor, key, messageId }: Draft, fault: unknown): void {
    const from = printUserId(actor.user);
    const known = fault instanceof MessagingRefusal;
    if (!known) this.#parts.log.error("message not kept", { user: from, fault: messageOf(fault) });
    const { code, message: text } = known
      ? fault
      : ({ code: "server-error", message: "It could not be kept." } as const);
    this.#tell(from, { type: "message.refused", of: seenFrom(from, key), messageId, code, text });
  }

  #mark(actor: Pick<Actor, "user">, key: ConversationKey, number: number, mark: Mark): Promise<void> {
    const user = printUserId(actor.user);
    return this.#turns.run(key, async () => {
      const moved = await this.#parts.conversations.mark(key, user, mark, number);
      if (!moved) return;
      const by = await this.#views.peer(user);
      for (const { from, messageId, number: passed } of moved.passed)
        this.#receipt(from, { of: seenFrom(from, key), by, state: mark, messageId, number: passed });
      if (mark !== "read") return;
      const { unread } = moved;
      this.#tell(user, { type: "message.unread", of: seenFrom(user, key), unread, number: moved.number });
    });
  }

  /** It counts as delivered, so that it is not tried for ever; pages find it in the conversation. */
  async #refused(key: ConversationKey, user: UserId, { from, messageId, number }: KeptMessage): Promise<void> {
    const name = printUserId(user);
    await this.#turns.run(key, () => this.#parts.conversations.mark(key, name, "delivered", number));
    if (this.#parts.isHere(user)) return;
    const by = await this.#views.peer(name);
    this.#receipt(from, { of: seenFrom(from, key), by, state: "failed", messageId, number });
  }

  #receipt(to: string, receipt: Omit<Extract<MessageEvent, { type: "message.receipt" }>, "type">): void {
    this.#tell(to, { type: "message.receipt", ...receipt });
  }

  #toAll({ members }: Members, event: (user: string) => MessageEvent, except?: string): void {
    for (const { user, invited } of members) if (!invited) this.#tell(user, event(user), except);
  }

  #tell(user: string, event: MessageEvent, except?: string): void {
    const id = parseUserId(user);
    if (id) this.#parts.tell(id, event, except);
  }
}

function checkSize(text: string): void {
  if (new TextEncoder().encode(text).length > limits.message)
    throw new MessagingRefusal("too-large", "The text is too long: 16 KiB is the most.");
}
