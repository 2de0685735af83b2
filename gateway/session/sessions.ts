import type { Leg } from "../call/leg.ts";
import { userKey, type UserId } from "../directory/user-id.ts";
import type { Presence } from "../presence/presence.ts";
import type { ClientFrameOf } from "../protocol/client-frame.ts";
import type { ServerEvent } from "../protocol/server-frame.ts";
import type { Ringable } from "../switchboard/ringable.ts";
import type { Session } from "./session.ts";

/** All open sessions: which pages a user has. Who is no guest takes part in presence. */
export class Sessions implements Ringable {
  readonly #presence: Presence;
  readonly #byUser = new Map<string, Set<Session>>();
  readonly #all = new Set<Session>();

  constructor(presence: Presence) {
    this.#presence = presence;
  }

  /** Signed-in sessions: back to 0 when every page is closed. */
  get size(): number {
    return this.#all.size;
  }

  /** `wishes`: the groups and the status that its first frame asked for. */
  opened(session: Session, wishes: ClientFrameOf<"session.open">): void {
    if (!session.identity) return;
    this.#all.add(session);
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
    const user = session.identity?.user;
    if (!user || !this.#all.delete(session)) return;
    const pages = this.#byUser.get(userKey(user));
    if (!pages?.delete(session)) return;
    if (pages.size === 0) this.#byUser.delete(userKey(user));
    this.#presence.of(session.id)?.close();
  }

  legsOf(user: UserId, except?: string): readonly Leg[] {
    const pages = [...(this.#byUser.get(userKey(user)) ?? [])];
    return pages.filter((session) => session.id !== except && !session.expired).map((session) => session.newLeg());
  }

  /** To all open pages of the user, but for `except`; how many there were. */
  tell(user: UserId, event: ServerEvent, except?: string): number {
    const pages = [...(this.#byUser.get(userKey(user)) ?? [])].filter(({ id }) => id !== except);
    for (const session of pages) session.event(event);
    return pages.length;
  }

  /** True while the user has an open page. */
  has(user: UserId): boolean {
    return this.#byUser.has(userKey(user));
  }

  /** Ends every session: the gateway stops. */
  close(): void {
    for (const session of [...this.#all]) session.close("server-stopping", 1001);
  }
}
