import type { Json } from "../gateway/base/json.ts";
import type { ClientFrameOf } from "../gateway/protocol/client-frame.ts";
import type { PresenceStatus } from "../gateway/protocol/values.ts";
import { defaultGroup } from "../gateway/protocol/version.ts";

/** What of presence is asked for with a new session. */
export type WishFields = Pick<ClientFrameOf<"session.open">, "groups" | "watch" | "status" | "note" | "userData">;

/** What a session is to be seen by, and whom it is to see. */
export interface PresenceOptions {
  /** Groups that it joins, at most 64: who watches one of them sees the user. Default: `["default"]`, the whole domain. */
  readonly groups?: readonly string[];
  /** Groups whose members it is told of, at most 64. Default: `["default"]`. */
  readonly watch?: readonly string[];
  /** As `presence.setStatus`. Default: nothing is said, which looks like `online`. */
  readonly status?: PresenceStatus;
  readonly note?: string;
  /** As `presence.setUserData`. */
  readonly userData?: Json;
}

/** Presence outlives a session that was lost: the next one asks for the same. */
export class Wishes {
  #groups: Set<string> | undefined;
  #watch: Set<string> | undefined;
  #status: PresenceStatus | undefined;
  #note: string | undefined;
  #userData: Json | undefined;

  constructor({ groups, watch, status, note, userData }: PresenceOptions = {}) {
    this.#groups = groups && new Set(groups);
    this.#watch = watch && new Set(watch);
    this.#status = status;
    this.#note = note;
    this.#userData = userData;
  }

  get status(): PresenceStatus {
    return this.#status ?? "online";
  }

  get note(): string {
    return this.#note ?? "";
  }

  joined(group: string): void {
    (this.#groups ??= new Set([defaultGroup])).add(group);
  }

  left(group: string): void {
    (this.#groups ??= new Set([defaultGroup])).delete(group);
  }

  watched(group: string): void {
    (this.#watch ??= new Set([defaultGroup])).add(group);
  }

  unwatched(group: string): void {
    (this.#watch ??= new Set([defaultGroup])).delete(group);
  }

  said(status: PresenceStatus, note: string | undefined): void {
    this.#status = status;
    this.#note = note;
  }

  shared(userData: Json | undefined): void {
    this.#userData = userData;
  }

  /** For `session.open`. */
  fields(): WishFields {
    return {
      ...(this.#groups && { groups: [...this.#groups] }),
      ...(this.#watch && { watch: [...this.#watch] }),
      ...(this.#status && { status: this.#status }),
      ...(this.#note !== undefined && { note: this.#note }),
      ...(this.#userData !== undefined && { userData: this.#userData }),
    };
  }
}
