import type { Timer } from "../gateway/base/clock.ts";
import type { Recipient } from "../gateway/protocol/message-values.ts";
import type { MessageEvent, ServerEvent } from "../gateway/protocol/server-frame.ts";
import { acrossLosses } from "./across-losses.ts";
import { ClientError, refusalError } from "./client-error.ts";
import * as list from "./conversations.ts";
import type { Link } from "./link.ts";
import { LiveObject } from "./live.ts";
import {
  conversationKey,
  conversationOf,
  foundOf,
  messageOf,
  type Attachment,
  type Conversation,
  type ConversationView,
  type FoundMessages,
  type Group,
  type Message,
  type MessagePage,
  type Receipt,
  type SearchPage,
} from "./message.ts";
import type { Peer } from "./peer.ts";
import type { Platform } from "./platform.ts";
import { Told } from "./told.ts";
import { Uploads, type Progress } from "./uploads.ts";

export type { Recipient };

export interface SendOptions {
  /** Sent twice under one id, it arrives once. */
  readonly id?: string;
  /** At most 10; their names are told. */
  readonly files?: readonly Blob[];
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export interface MessagesView {
  /** Of all conversations together. */
  readonly unread: number;
  /** The one with the newest message first; groups that the user is invited to are among them. */
  readonly conversations: readonly ConversationView[];
}

export interface MessagesEvents {
  /** A message came, or another page of this user sent one. Each once, however often the connection broke. */
  message: Message;
  /** The gateway cannot keep this message just now: `send` goes on waiting. */
  pending: { readonly id: string; readonly of: Conversation };
  /** A message was edited or deleted. */
  changed: Message;
  receipt: Receipt;
  /** Somebody types; said again every few seconds while they do. */
  typing: { readonly of: Conversation; readonly from: Peer };
  /** A group is new or changed; without `group` the user is no longer in it. */
  group: { readonly groupId: string; readonly group?: Group };
}

/** How long marks of what came are gathered, in milliseconds. */
const gatherMs = 50;
/** How often at most is told that the user types, in milliseconds. */
export const typingEveryMs = 3_000;

const sent = (): undefined => undefined;

/** Text to users, their softphones, and groups. What was sent is kept by the gateway until everybody has it. */
export class Messages extends LiveObject<MessagesView, MessagesEvents> {
  readonly #link: Link;
  readonly #platform: Platform;
  /** By conversation. */
  readonly #told = new Map<string, Told>();
  /** What came and is not confirmed yet. */
  readonly #came = new Map<string, Message>();
  readonly #typed = new Map<string, number>();
  /** Own messages that the gateway cannot keep yet, by id. */
  readonly #pending = new Map<string, (outcome: Message | ClientError) => void>();
  readonly #uploads: Uploads;
  /** Addresses of attachments, while they are good for a while more. */
  readonly #links = new Map<string, { readonly url: string; readonly until: number }>();
  #confirming: Timer | undefined;
  #user = "";

  constructor(link: Link, platform: Platform) {
    super({ unread: 0, conversations: Object.freeze([]) });
    this.#link = link;
    this.#platform = platform;
    this.#uploads = new Uploads(link, platform);
    link.events.on("opened", ({ user }) => void (this.#user = user));
    link.events.on("fact", (fact) => this.#onFact(fact));
    link.events.on("state", (state) => {
      if (state !== "closed") return;
      this.#confirming?.cancel();
      this.finish();
    });
  }

  /**
   * Resolves when the gateway keeps it. A lost connection is waited for, and the message is sent again under its `id`
   * (default: a new one): it arrives once. With `files` the text may be empty; `progress` tells how many bytes have gone.
   * @throws ClientError `bad-target`, `not-allowed` also for a file that may not pass, `rate-limited`, `unsupported` also
   * for a file that is too large, `unreachable`, `aborted` by the signal
   */
  async send(to: Recipient, text: string, options: SendOptions = {}): Promise<Message> {
    const { id = this.#platform.newId(), files = [], progress, signal } = options;
    if (typeof text !== "string") throw new ClientError("unsupported", { text: "Only text and files can be sent." });
    // The next word belongs to another message.
    if (!("sip" in to)) this.#typed.delete(conversationKey(to));
    const attachments = files.length > 0 && (await this.#uploads.send(to, files, progress, signal));
    const body = { ...(text !== "" && { text }), ...(attachments && { attachments }) };
    const request = { type: "message.send", to, messageId: id, ...body } as const;
    const answers = ["message.accepted", "message.pending"] as const;
    const send = () =>
      this.#link.request(request, answers, (answer) =>
        answer.type === "message.accepted" ? this.#sent(messageOf(answer.message)) : this.#waits(answer, signal),
      );
    for (;;) {
      const kept = await acrossLosses(this.#link, send, signal);
      if (kept) return kept;
    }
  }

  /**
   * Where the content of an attachment can be fetched, by anybody who has this address, for some minutes.
   * @throws ClientError `bad-target` when it is gone, `unreachable`
   */
  async link({ of }: Pick<Message, "of">, { id: fileId }: Pick<Attachment, "id">): Promise<string> {
    const now = this.#platform.clock.monotonic();
    const known = this.#links.get(fileId);
    if (known && known.until > now) return known.url;
    return this.#link.request({ type: "file.link", of, fileId }, "file.linked", ({ url, expiresInMs }) => {
      const link = { url: this.#link.address(url), until: now + expiresInMs / 2 };
      this.#links.set(fileId, link);
      return link.url;
    });
  }

  /** Another text for an own message. @throws ClientError `aborted` when it is deleted or not one's own */
  edit({ of, id }: Pick<Message, "of" | "id">, text: string): Promise<void> {
    return this.#link.request({ type: "message.edit", of, messageId: id, text }, "ok", sent);
  }

  /** Takes an own message back: its text is gone for everybody. @throws ClientError as `edit` */
  remove({ of, id }: Pick<Message, "of" | "id">): Promise<void> {
    return this.#link.request({ type: "message.delete", of, messageId: id }, "ok", sent);
  }

  /** What was said, newest first. @throws ClientError `bad-target`, `unreachable` */
  history(of: Conversation, { before, limit, search }: MessagePage = {}): Promise<readonly Message[]> {
    const page = {
      ...(before && { before: before.number }),
      ...(limit !== undefined && { limit }),
      ...(search !== undefined && { search }),
    };
    return this.#link.request({ type: "message.list", of, ...page }, "messages", ({ messages }) =>
      Object.freeze(messages.map(messageOf)),
    );
  }

  /**
   * Text in all conversations of the user, whatever its case, newest first.
   * @throws ClientError `rate-limited`, `unreachable`
   */
  search(text: string, { before, limit }: SearchPage = {}): Promise<FoundMessages> {
    const page = { ...(before && { before }), ...(limit !== undefined && { limit }) };
    return this.#link.request({ type: "message.search", text, ...page }, "message.found", ({ found, next }) =>
      Object.freeze({ found: Object.freeze(found.map(foundOf)), ...(next && { next: Object.freeze(next) }) }),
    );
  }

  /** This message and all before it are read, on all devices of the user. @throws ClientError `unreachable` */
  markRead({ of, number }: Pick<Message, "of" | "number">): Promise<void> {
    return this.#link.request({ type: "message.mark", of, number, state: "read" }, "ok", sent);
  }

  /** Call it at each key press: it is told every three seconds at most, and costs nothing else. */
  setTyping(to: Conversation): void {
    const now = this.#platform.clock.monotonic();
    const key = conversationKey(to);
    if (now - (this.#typed.get(key) ?? -typingEveryMs) < typingEveryMs) return;
    this.#typed.set(key, now);
    this.#link.request({ type: "message.typing", to }, "ok", sent).catch(() => {});
  }

  /** Makes a group that this user owns, and invites `users` (`name@domain`). @throws ClientError `bad-target`, `not-allowed` */
  createGroup(name: string, users: readonly string[]): Promise<{ readonly group: string }> {
    return this.#link.request({ type: "group.create", name, users: [...users] }, "group.created", ({ group }) => {
      this.#put(list.withGroup(this.#all, group));
      return { group: group.groupId };
    });
  }

  /** Owners invite. @throws ClientError `bad-target`, `not-allowed` */
  invite(group: string, users: readonly string[]): Promise<void> {
    return this.#link.request({ type: "group.invite", groupId: group, users: [...users] }, "ok", sent);
  }

  /** The answer to an invitation. @throws ClientError `bad-target` when there is none */
  answerInvitation(group: string, accept: boolean): Promise<void> {
    return this.#link.request({ type: "group.answer", groupId: group, accept }, "ok", sent);
  }

  /** @throws ClientError `bad-target` */
  leaveGroup(group: string): Promise<void> {
    return this.#link.request({ type: "group.leave", groupId: group }, "ok", sent);
  }

  /** Owners take members out, and invitations back. @throws ClientError `bad-target`, `not-allowed` */
  removeMember(group: string, user: string): Promise<void> {
    return this.#link.request({ type: "group.remove", groupId: group, user }, "ok", sent);
  }

  /** Owners share their role. @throws ClientError `bad-target`, `not-allowed`, `aborted` for the last owner */
  setRole(group: string, user: string, role: "owner" | "member"): Promise<void> {
    return this.#link.request({ type: "group.promote", groupId: group, user, role }, "ok", sent);
  }

  get #all(): readonly ConversationView[] {
    return this.view().conversations;
  }

  #onFact(fact: ServerEvent): void {
    switch (fact.type) {
      case "message.conversations":
        return this.#put(list.sorted(fact.conversations.map(conversationOf)));
      case "message.received":
        return this.#received(messageOf(fact.message));
      case "message.refused":
        return this.#pending.get(fact.messageId)?.(refusalError({ ...fact, type: "refused" }));
      case "message.changed": {
        const message = messageOf(fact.message);
        this.#put(list.withChanged(this.#all, message));
        return this.emit("changed", message);
      }
      case "message.receipt":
        return this.#receipt(fact);
      case "message.unread":
        return this.#put(list.withUnread(this.#all, fact.of, fact.unread));
      case "message.typing":
        return this.emit("typing", { of: fact.of, from: fact.from });
      case "group.changed":
        this.#put(list.withGroup(this.#all, fact.group));
        return this.emit("group", { groupId: fact.group.groupId, group: fact.group });
      case "group.left":
        this.#put(list.without(this.#all, { group: fact.groupId }));
        return this.emit("group", { groupId: fact.groupId });
    }
  }

  #received(message: Message): void {
    const own = "user" in message.from.target && message.from.target.user === this.#user;
    const key = conversationKey(message.of);
    if (!own) this.#confirm(key, message);
    let told = this.#told.get(key);
    if (!told) this.#told.set(key, (told = new Told()));
    if (!told.add(message.number)) return;
    this.#put(list.withMessage(this.#all, message, own));
    const waiting = own && this.#pending.get(message.id);
    if (waiting) return waiting(message);
    this.emit("message", message);
  }

  /** An own message that came back as an event of the old connection too is told no more. */
  #sent(message: Message): Message {
    this.#put(list.withMessage(this.#all, message, true));
    return message;
  }

  #receipt({ messageId: id, of, number, state, by }: Extract<MessageEvent, { type: "message.receipt" }>): void {
    const receipt = Object.freeze({ id, of, number, state, by: Object.freeze(by) });
    this.#put(list.withReceipt(this.#all, receipt));
    this.emit("receipt", receipt);
  }

  /** Tells the gateway what has come, the newest of each conversation. */
  #confirm(key: string, message: Message): void {
    this.#came.set(key, message);
    this.#confirming ??= this.#platform.clock.after(gatherMs, () => {
      this.#confirming = undefined;
      for (const { of, number } of this.#came.values())
        this.#link.request({ type: "message.mark", of, number, state: "delivered" }, "ok", sent).catch(() => {});
      this.#came.clear();
    });
  }

  #put(conversations: readonly ConversationView[]): void {
    if (conversations !== this.#all) this.update({ conversations, unread: list.unreadIn(conversations) });
  }

  /** Undefined when it has to be sent again, as the connection was lost, or `signal` has ended the wait. */
  #waits(
    { of, messageId: id }: { readonly of: Conversation; readonly messageId: string },
    signal: AbortSignal | undefined,
  ): Promise<Message | undefined> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        off();
        signal?.removeEventListener("abort", left);
        this.#pending.delete(id);
      };
      const left = (): void => {
        done();
        resolve(undefined);
      };
      const off = this.#link.events.on("state", left);
      signal?.addEventListener("abort", left);
      this.#pending.set(id, (outcome) => {
        done();
        if (outcome instanceof ClientError) reject(outcome);
        else resolve(outcome);
      });
      this.emit("pending", { id, of });
    });
  }
}
