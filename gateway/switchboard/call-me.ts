import type { Clock } from "../base/clock.ts";
import { uuid } from "../base/ids.ts";
import type { Logger } from "../base/log.ts";
import { Tally } from "../base/tally.ts";
import { CallMeLeg, type CallMeParts } from "../call/call-me-leg.ts";
import type { Call } from "../call/call.ts";
import type { Cause } from "../call/cause.ts";
import type { Address, Leg, LegId, Party } from "../call/leg.ts";
import { mayCall, type Rights } from "./rights.ts";
import type { Caller, Router } from "./router.ts";
import type { Switchboard } from "./switchboard.ts";
import { testNumbers } from "./test-numbers.ts";

export interface CallMeSettings {
  readonly ringTimeout: number;
  /** How often one number is rung in an hour, whoever asks. */
  readonly callMePerHour: number;
  readonly emergencyNumbers: readonly string[];
}

export interface CallMeSurroundings {
  readonly switchboard: Switchboard;
  readonly router: Router;
  readonly relay: CallMeParts["relay"];
  readonly player: CallMeParts["player"];
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: CallMeSettings;
}

/** A visitor wants to talk to `target` on the telephone `number`. */
export interface CallMeRequest {
  readonly page: Leg;
  readonly number: string;
  readonly target: Address;
  readonly caller: Caller;
  /** Numbers that may be rung for this visitor. */
  readonly numbers: Rights;
}

export interface CallMeRefusal {
  readonly code: "bad-target" | "not-allowed" | "rate-limited";
  readonly text: string;
  readonly retryAfterMs?: number;
}

const hourMs = 3_600_000;
/** Numbers remembered at once. */
const maxNumbers = 10_000;

/** Calls that ring the asker's own telephone first. */
export class CallMe {
  readonly #parts: CallMeSurroundings;
  readonly #rung: Tally;

  constructor(parts: CallMeSurroundings) {
    this.#parts = parts;
    this.#rung = new Tally(parts.clock, { window: hourMs, maxKeys: maxNumbers });
  }

  /**
   * Why `number` is not rung; undefined when it may be, and then it has been counted. Whose telephone it is nobody
   * knows, so it is no way to ring emergency services, or one telephone again and again.
   */
  refusal(number: string, numbers: Rights): CallMeRefusal | undefined {
    const { emergencyNumbers } = this.#parts.settings;
    const plain = plainNumber(number);
    if (!plain) return { code: "bad-target", text: "That is not a telephone number." };
    const digits = plain.replace("+", "");
    if (emergencyNumbers.includes(digits))
      return { code: "not-allowed", text: "Emergency services are not rung for visitors." };
    if (testNumbers.some((test) => test.number === digits))
      return { code: "not-allowed", text: "That is a test number of this gateway, not a telephone." };
    if (!mayCall(numbers, { tel: plain }))
      return { code: "not-allowed", text: "That number may not be rung from here." };
    return this.#count(plain);
  }

  /** Rings the number, and the target when somebody has answered there. What becomes of it is told to the page. */
  start({ page, number, target, caller, numbers }: CallMeRequest): Call {
    const { switchboard, router, relay, player, clock, log, settings } = this.#parts;
    const plain = plainNumber(number) ?? number;
    const party: Party = { ...caller.party, address: { tel: plain } };
    const shown: Party = { address: target };
    const leg = new CallMeLeg({
      id: uuid() as LegId,
      party,
      page,
      relay,
      player,
      clock,
      log,
      ringTimeout: settings.ringTimeout,
      find: async () => {
        const route = await router.route({ ...caller, party: shown, rights: numbers }, { tel: plain });
        return "legs" in route ? (route.legs[0] ?? unreachable) : route.cause;
      },
    });
    const call = switchboard.start({ leg, caller: { ...caller, party }, target, ready: leg.reached });
    leg.dial({ callId: call.id, reference: call.reference, from: shown });
    return call;
  }

  #count(number: string): CallMeRefusal | undefined {
    const { callMePerHour } = this.#parts.settings;
    const retryAfterMs = this.#rung.waitMs(number, callMePerHour);
    if (retryAfterMs > 0) return { code: "rate-limited", text: "That number was rung too often.", retryAfterMs };
    this.#rung.add(number, callMePerHour);
    return undefined;
  }
}

const unreachable: Cause = { code: "unavailable" };

/** RFC 3966 5.1.1: without visual separators; undefined for what is no number of a person's telephone. */
function plainNumber(text: string): string | undefined {
  const plain = text.replace(/[\s().-]/g, "");
  return /^\+?\d{3,20}$/.test(plain) ? plain : undefined;
}
