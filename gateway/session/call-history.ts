import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { CallOutcome } from "../call/call.ts";
import type { Party } from "../call/leg.ts";
import type { Accounts } from "../directory/accounts.ts";
import type { History } from "../directory/history.ts";
import { parseUserId, userKey, type UserId } from "../directory/user-id.ts";
import type { ServerEvent } from "../protocol/server-frame.ts";
import type { CallRecordInfo } from "../protocol/values.ts";
import type { CallRoute, Switchboard } from "../switchboard/switchboard.ts";
import { endReasonOf } from "./end-reason.ts";
import { peerOf } from "./peer.ts";

export interface CallHistoryParts {
  readonly history: History<CallRecordInfo>;
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly log: Logger;
  /** All open pages of a user. */
  tell(user: UserId, event: ServerEvent): void;
}

type Side = "caller" | "callee";

/** Writes each call into the lists of those of its people who have an account, and tells their pages. */
export class CallHistory {
  readonly #parts: CallHistoryParts;
  readonly #writing = new Set<Promise<void>>();

  constructor(switchboard: Switchboard, parts: CallHistoryParts) {
    this.#parts = parts;
    switchboard.on("ended", ({ reference }, outcome, route) => {
      const writing = this.#write(reference, outcome, route);
      this.#writing.add(writing);
      void writing.then(() => this.#writing.delete(writing));
    });
  }

  /** Resolves when what has ended so far is written. */
  async settled(): Promise<void> {
    await Promise.all(this.#writing);
  }

  async #write(reference: string, outcome: CallOutcome, route: CallRoute): Promise<void> {
    try {
      await this.#writeBoth(reference, outcome, route);
    } catch (fault) {
      this.#parts.log.error("call not written into the lists", { call: reference, fault: messageOf(fault) });
    }
  }

  async #writeBoth(reference: string, outcome: CallOutcome, route: CallRoute): Promise<void> {
    const { from, target, called, at } = route;
    const caller = parseUserId(from.user ?? "");
    const base = { reference, at, durationMs: outcome.durationMs };
    if (caller && (await this.#parts.accounts.find(caller))) {
      const peer = peerOf(await this.#named({ address: target }, called));
      await this.#add(caller, { ...base, peer, direction: "out", end: endFor("caller", outcome) });
    }
    if (!called || (caller && userKey(caller) === userKey(called))) return;
    const end = endFor("callee", outcome);
    const direction = outcome.durationMs > 0 || outcome.cause.code === "declined" ? "in" : "missed";
    await this.#add(called, { ...base, peer: peerOf(from), direction, end });
  }

  async #named(party: Party, user: UserId | undefined): Promise<Party> {
    const name = user && (await this.#parts.accounts.find(user))?.name;
    return name === undefined ? party : { ...party, name };
  }

  async #add(user: UserId, record: CallRecordInfo): Promise<void> {
    await this.#parts.history.add(user, record);
    this.#parts.tell(user, { type: "history.added", record });
  }
}

/** The end as one side saw it. */
function endFor(side: Side, { by, cause }: CallOutcome): CallRecordInfo["end"] {
  const seen = by === "system" ? "system" : by === side ? "local" : "remote";
  return { by: seen, ...endReasonOf(cause), ...(cause.sip !== undefined && { sip: cause.sip }) };
}
