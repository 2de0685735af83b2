import type { Clock, Timer } from "../../base/clock.ts";

/** What is looked at in a control link. Times are of a clock that never jumps, in milliseconds. */
export interface WatchedLink {
  readonly authenticated: boolean;
  readonly openedAt: number;
  readonly heardAt: number;
  /** Between its last two pings; undefined for an application that never pinged. */
  readonly pingMs: number | undefined;
  /** Since when it reads nothing of what waits for it; undefined while it reads. */
  readonly stuckSince: number | undefined;
  destroy(): void;
}

const lookMs = 500;
const authenticationMs = 10_000;
const stuckMs = 10_000;
/** Allowed on top of three missed pings. */
const graceMs = 1_000;

/**
 * Ends control links behind which nobody is any more. The protocol has no ping from the server, so an application
 * that pings promises to go on with it; of one that does not, only unread frames tell.
 */
export class LinkWatch<Link extends WatchedLink> {
  readonly #clock: Clock;
  readonly #links: Iterable<Link>;
  readonly #lost: (link: Link, why: string) => void;
  readonly #timer: Timer;
  #lookedAt: number;

  constructor(clock: Clock, links: Iterable<Link>, lost: (link: Link, why: string) => void) {
    this.#clock = clock;
    this.#links = links;
    this.#lost = lost;
    this.#lookedAt = clock.monotonic();
    this.#timer = clock.every(lookMs, () => this.#look());
  }

  close(): void {
    this.#timer.cancel();
  }

  #look(): void {
    const now = this.#clock.monotonic();
    const overslept = now - this.#lookedAt > 2 * lookMs;
    this.#lookedAt = now;
    // Who was held up itself has not read yet what the others sent meanwhile.
    if (overslept) return;
    for (const link of [...this.#links]) {
      const why = fault(link, now);
      if (why === undefined) continue;
      this.#lost(link, why);
      link.destroy();
    }
  }
}

function fault(link: WatchedLink, now: number): string | undefined {
  if (!link.authenticated && now - link.openedAt > authenticationMs) return "does not authenticate";
  if (link.pingMs !== undefined && now - link.heardAt > 3 * link.pingMs + graceMs) return "has stopped pinging";
  if (link.stuckSince !== undefined && now - link.stuckSince > stuckMs) return "does not read";
  return undefined;
}
