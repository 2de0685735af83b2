import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import { randomToken } from "../base/ids.ts";
import { isRecord } from "../base/json.ts";
import type { Logger } from "../base/log.ts";
import type { CodecPolicy, Leg, OfferedCall } from "../call/leg.ts";
import type { Bus, Subscription, Topic } from "../directory/bus.ts";
import { printUserId, type UserId } from "../directory/user-id.ts";
import type { PushNote } from "../protocol/push-values.ts";
import type { PushManner, Pushes } from "../push/pushes.ts";
import type { Wakeable } from "../switchboard/wakeable.ts";
import { peerOf } from "./peer.ts";
import { Rate } from "./rate.ts";
import { SleepingLeg } from "./sleeping-leg.ts";
import { awakeTopic } from "./user-topic.ts";

export interface SleepersParts {
  readonly pushes: Pushes;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long a call waits for a page, in milliseconds. */
  readonly wait: number;
  readonly codecs: CodecPolicy;
}

/** Somebody declined by the link of that token, which another node has made. */
const declinedTopic: Topic<{ readonly token: string }> = {
  name: "push-declined",
  is: (value): value is { token: string } => isRecord(value) && typeof value["token"] === "string",
};

/** A missed call is worth telling for so long, in seconds. */
const missedTtl = 14_400;
/** Links of no node, a second: each asks all nodes. */
const strangersPerSecond = 20;

/** The calls that wait for a page of somebody who has none open. */
export class Sleepers implements Wakeable {
  readonly #parts: SleepersParts;
  readonly #legs = new Map<string, SleepingLeg>();
  readonly #declined: Subscription;
  readonly #strangers: Rate;

  constructor(parts: SleepersParts) {
    this.#parts = parts;
    this.#strangers = new Rate(parts.clock, strangersPerSecond, strangersPerSecond * 2);
    this.#declined = parts.bus.subscribe(declinedTopic, ({ token }) => this.#legs.get(token)?.decline());
  }

  /** Legs that are not over: back to 0. */
  get size(): number {
    return this.#legs.size;
  }

  async sleepingLeg(user: UserId, pages: () => Promise<readonly Leg[]>, name?: string): Promise<Leg | undefined> {
    const { pushes, bus, clock, wait, codecs, log } = this.#parts;
    const hasAny = await pushes.has(user).catch((fault: unknown) => {
      log.error("push subscriptions not read", { user: printUserId(user), fault: messageOf(fault) });
      return false;
    });
    if (!hasAny) return undefined;
    const id = printUserId(user);
    const token = randomToken(24);
    const leg = new SleepingLeg({
      party: { address: { user: id }, user: id, ...(name !== undefined && { name }) },
      codecs,
      clock,
      wait,
      wake: (call) => {
        this.#legs.set(token, leg);
        return this.#wake(user, token, call);
      },
      over: ({ callId, from }, missed) =>
        void this.#push(
          user,
          { type: "call-over", callId, from: peerOf(from), missed },
          { ttl: missed ? missedTtl : this.#ttl, urgency: "high", topic: callId },
        ),
      pages: () =>
        pages().catch((fault: unknown) => {
          log.error("pages not found", { user: id, fault: messageOf(fault) });
          return [];
        }),
      onOpened: (listener) => {
        const subscription = bus.subscribe(awakeTopic(user), listener);
        return () => subscription.close();
      },
      closed: () => void this.#legs.delete(token),
    });
    return leg;
  }

  /** Declines the call whose link that is, at whatever node it waits. */
  decline(token: string): void {
    const leg = this.#legs.get(token);
    if (leg) leg.decline();
    else if (this.#strangers.take()) this.#parts.bus.publish(declinedTopic, { token });
  }

  close(): void {
    this.#declined.close();
  }

  #wake(user: UserId, token: string, { callId, from }: OfferedCall): Promise<number> {
    const { clock, wait } = this.#parts;
    return this.#push(
      user,
      { type: "call", callId, from: peerOf(from), at: clock.now(), waitMs: wait, decline: `push/decline/${token}` },
      { ttl: this.#ttl, urgency: "high", topic: callId },
    );
  }

  async #push(user: UserId, note: PushNote, manner: PushManner): Promise<number> {
    try {
      return await this.#parts.pushes.send(user, note, manner);
    } catch (fault) {
      this.#parts.log.error("push not sent", { user: printUserId(user), fault: messageOf(fault) });
      return 0;
    }
  }

  get #ttl(): number {
    return Math.ceil(this.#parts.wait / 1000);
  }
}
