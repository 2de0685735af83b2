import { Emitter } from "../base/emitter.ts";
import type { Leg } from "../call/leg.ts";
import { printUserId, userKey, type UserId } from "../directory/user-id.ts";
import type { Presence } from "../presence/presence.ts";
import type { ClientFrameOf } from "../protocol/client-frame.ts";
import type { SessionState } from "../protocol/rest/values.ts";
import type { ServerEvent } from "../protocol/server-frame.ts";
import type { Ringable } from "../switchboard/ringable.ts";
import type { Session } from "./session.ts";
import type { Departure } from "./socket.ts";

export interface SessionsEvents {
  opened: [Session];
  closed: [Session];
}

/** All open sessions: which pages a user has. Who is no guest takes part in presence. */
export class Sessions extends Emitter<SessionsEvents> implements Ringable {
  readonly #presence: Presence;
  readonly #byUser = new Map<string, Set<Session>>();
  readonly #all = new Map<string, Session>();

  constructor(presence: Presence) {
    super();
    this.#presence = presence;
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

  /** Signed-in sessions: back to 0 when every page is closed, and is waited for no longer. */
  get size(): number {
    return this.#all.size;
  }

  /** `wishes`: the groups and the status that its first frame asked for. */
  opened(session: Session, wishes: ClientFrameOf<"session.open">): void {
    this.#all.set(session.id, session);
    this.emit("opened", session);
    const { user, name, guest } = session.identity;
    // Nobody can call a guest, and no guest learns who is there.
    if (guest) return;
    const key = userKey(user);
    let pages = this.#byUser.get(key);
    if (!pages) this.#byUser.set(key, (pages = new Set()));
    pages.add(session);
    const { groups, watch, status, note, userData } = wishes;
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
  }

  closed(session: Session): void {
    const { user } = session.identity;
    if (!this.#all.delete(session.id)) return;
    this.emit("closed", session);
    const pages = this.#byUser.get(userKey(user));
    if (!pages?.delete(session)) return;
    if (pages.size === 0) this.#byUser.delete(userKey(user));
    this.#presence.of(session.id)?.close();
  }

  /** Its page has no connection any more, or has one again; `anew`: it knows nothing of what it was told. */
  moved({ id }: Session, how: Departure | "back" | "anew"): void {
    const attendance = this.#presence.of(id);
    if (how === "lost") attendance?.lost();
    else if (how === "left") attendance?.left();
    else attendance?.returned();
    if (how === "anew") attendance?.resync();
  }

  legsOf(user: UserId, except?: string): readonly Leg[] {
    const pages = [...(this.#byUser.get(userKey(user)) ?? [])];
    return pages
      .filter((session) => session.id !== except && session.present && !session.expired)
      .map((session) => session.newLeg());
  }

  isUndisturbed(user: UserId): boolean {
    return this.#presence.isUndisturbed(user);
  }

  /** To all open pages of the user, but for `except`, and to those that may come back; how many are there. */
  tell(user: UserId, event: ServerEvent, except?: string): number {
    const pages = [...(this.#byUser.get(userKey(user)) ?? [])].filter(({ id }) => id !== except);
    for (const session of pages) session.event(event);
    return pages.filter(({ present }) => present).length;
  }

  /** True while the user has an open page. */
  has(user: UserId): boolean {
    return [...(this.#byUser.get(userKey(user)) ?? [])].some(({ present }) => present);
  }

  /** Ends every session: the gateway stops. */
  close(): void {
    for (const session of [...this.#all.values()]) session.close("server-stopping", 1001);
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
