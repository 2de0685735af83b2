import { Emitter } from "../base/emitter.ts";
import type { Leg } from "../call/leg.ts";
import type { Bus, Subscription } from "../directory/bus.ts";
import { printUserId, userKey, type UserId } from "../directory/user-id.ts";
import type { Wishes } from "../presence/attendance.ts";
import type { Presence } from "../presence/presence.ts";
import type { SessionState } from "../protocol/rest/values.ts";
import type { ServerEvent } from "../protocol/server-frame.ts";
import type { Ringable } from "../switchboard/ringable.ts";
import type { Session } from "./session.ts";
import type { Departure } from "./socket.ts";
import { awakeTopic, userTopic } from "./user-topic.ts";

export interface SessionsEvents {
  opened: [Session];
  closed: [Session];
}

/** The open pages of a user at this node, and what other nodes tell them. */
interface Pages {
  readonly sessions: Set<Session>;
  readonly subscription: Subscription;
}

/** All open sessions of this node: which pages a user has. Who is no guest takes part in presence. */
export class Sessions extends Emitter<SessionsEvents> implements Ringable {
  readonly #presence: Presence;
  readonly #bus: Bus;
  readonly #byUser = new Map<string, Pages>();
  readonly #all = new Map<string, Session>();

  constructor(presence: Presence, bus: Bus) {
    super();
    this.#presence = presence;
    this.#bus = bus;
  }

  find(sessionId: string): Session | undefined {
    return this.#all.get(sessionId);
  }

  /** All of a domain. */
  list(domain: string): readonly SessionState[] {
    return [...this.#all.values()].filter(({ identity }) => identity.user.domain === domain).map(stateOf);
  }

  /** Signs a page out; false when the domain has no such session. */
  end(domain: string, sessionId: string): boolean {
    const session = this.find(sessionId);
    if (session?.identity.user.domain !== domain) return false;
    session.close("closed");
    return true;
  }

  get all(): readonly Session[] {
    return [...this.#all.values()];
  }

  /** Signed-in sessions: back to 0 when every page is closed, and is waited for no longer. */
  get size(): number {
    return this.#all.size;
  }

  /**
   * `wishes`: the groups and the status that its first frame asked for. Resolves when it hears what happens at other
   * nodes.
   */
  opened(session: Session, { groups, watch, status, note, userData }: Wishes): Promise<void> {
    this.#all.set(session.id, session);
    this.emit("opened", session);
    const { user, name, guest } = session.identity;
    // Nobody can call a guest, and no guest learns who is there.
    if (guest) return Promise.resolve();
    const { sessions, subscription } = this.#pagesOf(user);
    sessions.add(session);
    this.#presence.enter({
      id: session.id,
      user,
      ...(name !== undefined && { name }),
      ...(groups && { groups }),
      ...(watch && { watch }),
      ...(status && { status }),
      ...(note !== undefined && { note }),
      ...(userData !== undefined && { userData }),
      tell: (event) => session.event(event),
    });
    this.#bus.publish(awakeTopic(user), {});
    return subscription.ready;
  }

  closed(session: Session): void {
    if (!this.#all.has(session.id)) return;
    const takesPart = this.#remove(session);
    this.emit("closed", session);
    if (takesPart) this.#presence.of(session.id)?.close();
  }

  /** It goes on at another node, or at one that is not known yet: others go on seeing it. */
  departed(session: Session, node?: string): void {
    if (this.#remove(session)) this.#presence.of(session.id)?.close(node === undefined ? {} : { node });
  }

  /** Its page has no connection any more, or has one again; `anew`: it knows nothing of what it was told. */
  moved({ id, identity, unseenMs }: Session, how: Departure | "back" | "anew"): void {
    const attendance = this.#presence.of(id);
    if (how === "lost") attendance?.lost(unseenMs);
    else if (how === "left") attendance?.left(unseenMs);
    else attendance?.returned();
    if (how === "anew") attendance?.resync();
    if ((how === "back" || how === "anew") && !identity.guest) this.#bus.publish(awakeTopic(identity.user), {});
  }

  legsOf(user: UserId, except?: string): readonly Leg[] {
    return this.#of(user)
      .filter((session) => session.id !== except && session.present && !session.expired)
      .map((session) => session.newLeg());
  }

  isUndisturbed(user: UserId): boolean {
    return this.#presence.isUndisturbed(user);
  }

  /**
   * To all open pages of the user, at whatever node, but for `except`, and to those that may come back; how many are
   * there.
   */
  tell(user: UserId, event: ServerEvent, except?: string): number {
    this.#bus.publish(userTopic(user), { event, ...(except !== undefined && { except }) });
    const pages = this.#of(user).filter(({ id, present }) => id !== except && present);
    return pages.length + this.#presence.elsewhere(user);
  }

  /** True while the user has an open page, at whatever node. */
  has(user: UserId): boolean {
    return this.#of(user).some(({ present }) => present) || this.#presence.elsewhere(user) > 0;
  }

  /** As `has`, without pages of this node that may come back. */
  isConnected(user: UserId): boolean {
    return this.#of(user).some(({ connected }) => connected) || this.#presence.elsewhere(user) > 0;
  }

  /** Ends every session: the gateway stops. */
  close(): void {
    for (const session of this.all) session.close("server-stopping", 1001);
  }

  #of(user: UserId): readonly Session[] {
    return [...(this.#byUser.get(userKey(user))?.sessions ?? [])];
  }

  #pagesOf(user: UserId): Pages {
    const key = userKey(user);
    const known = this.#byUser.get(key);
    if (known) return known;
    const sessions = new Set<Session>();
    const subscription = this.#bus.subscribe(userTopic(user), ({ event, except }) => {
      for (const session of [...sessions]) session.hear(event, except);
    });
    const pages = { sessions, subscription };
    this.#byUser.set(key, pages);
    return pages;
  }

  /** False for a guest, and one that was not here. */
  #remove(session: Session): boolean {
    const key = userKey(session.identity.user);
    if (!this.#all.delete(session.id)) return false;
    const pages = this.#byUser.get(key);
    if (!pages?.sessions.delete(session)) return false;
    if (pages.sessions.size > 0) return true;
    pages.subscription.close();
    this.#byUser.delete(key);
    return true;
  }
}

function stateOf({ id, identity, present, calls, browser }: Session): SessionState {
  const { user, name, guest, expiresAt } = identity;
  return {
    sessionId: id,
    user: printUserId(user),
    ...(name !== undefined && { name }),
    ...(guest && { guest }),
    present,
    calls,
    ...(expiresAt !== undefined && { expiresAt }),
    ...(browser && { browser }),
  };
}
