import type { Clock } from "../base/clock.ts";
import { Emitter } from "../base/emitter.ts";
import { messageOf } from "../base/errors.ts";
import { readableCode, uuid } from "../base/ids.ts";
import type { Logger } from "../base/log.ts";
import { Call, type CallOutcome, type CallSettings } from "../call/call.ts";
import type { Cause } from "../call/cause.ts";
import type { Journals } from "../call/journal.ts";
import type { Address, CallId, Description, Leg, Party } from "../call/leg.ts";
import { MediaFacts } from "../call/media-facts.ts";
import type { Accounts } from "../directory/accounts.ts";
import { parseUserId, type UserId } from "../directory/user-id.ts";
import { parseTarget } from "../sip/target.ts";
import type { Caller, Route, Router } from "./router.ts";
import { defaultRights } from "./rights.ts";

type Changing<T> = { -readonly [Key in keyof T]: T[Key] };
type Relay = ConstructorParameters<typeof MediaFacts>[0];

export interface SwitchboardSettings extends CallSettings {
  /** Calls at once; beyond it new ones are refused with overload. */
  readonly maxCalls: number;
}

export interface SwitchboardParts {
  readonly relay: Relay;
  readonly accounts: Accounts;
  readonly router: Router;
  readonly clock: Clock;
  readonly log: Logger;
  readonly settings: SwitchboardSettings;
  /** Who writes down what happens in calls (default: nobody). */
  readonly journals?: Journals;
}

export interface SwitchboardEvents {
  /** `called` is not known yet. */
  started: [Call, CallRoute];
  /** It is known who is called, and that they can be. */
  called: [Call, CallRoute];
  ended: [Call, CallOutcome, CallRoute];
}

/** Who wanted whom. */
export interface CallRoute {
  /** When it started: milliseconds since the epoch. */
  readonly at: number;
  /** The tenant that it is made in. */
  readonly domain: string;
  readonly from: Party;
  readonly target: Address;
  /** The account that the target means. */
  readonly called?: UserId;
}

export interface NewCall {
  readonly leg: Leg;
  readonly caller: Caller;
  readonly target: Address;
  /** Absent when the caller wants our offer (late offer). */
  readonly offer?: Description;
  /** What the caller's program sends along, for the called one. */
  readonly data?: unknown;
  /** The target is not looked for before this has settled: the caller is still on the way. */
  readonly ready?: Promise<void>;
}

/** Starts calls and owns them until they have ended. */
export class Switchboard extends Emitter<SwitchboardEvents> {
  readonly #parts: SwitchboardParts;
  readonly #facts: MediaFacts;
  readonly #calls = new Map<CallId, Call>();
  #stopping = false;

  constructor(parts: SwitchboardParts) {
    super();
    this.#parts = parts;
    this.#facts = new MediaFacts(parts.relay);
  }

  /** Calls that have not ended: back to 0 when nobody talks. */
  get calls(): number {
    return this.#calls.size;
  }

  get connected(): number {
    return [...this.#calls.values()].filter((call) => call.state === "connected").length;
  }

  /** Starts a call. Why it cannot go through comes to the leg as its `end` command. */
  start({ leg, caller, target, offer, data, ready }: NewCall): Call {
    const { relay, clock, log, settings, journals } = this.#parts;
    const offered = {
      callId: uuid() as CallId,
      reference: journals?.reference() ?? readableCode(),
      from: caller.party,
      ...(data !== undefined && { data }),
      ...(leg.hops !== undefined && { hops: Math.max(leg.hops - 1, 0) }),
    };
    const between = { from: shown(caller.party.address), to: shown(target) };
    const journal = journals?.begin(offered.reference, between);
    const call = new Call(offered, leg, offer, {
      relay,
      facts: this.#facts,
      clock,
      log,
      settings,
      ...(journal && { journal }),
      redirect: (branch, targets) => this.#redirect(branch, targets),
    });
    this.#calls.set(call.id, call);
    const route: Changing<CallRoute> = { at: clock.now(), domain: caller.domain, from: caller.party, target };
    call.on("ended", (outcome) => this.#ended(call, outcome, route));
    log.info("call started", { call: call.reference, ...between });
    this.emit("started", call, route);
    this.#ring(call, caller, route, ready);
    return call;
  }

  /** Ends every call and starts none any more. */
  close(): void {
    this.#stopping = true;
    for (const call of [...this.#calls.values()]) call.close({ code: "stopping" });
    this.#facts.close();
  }

  #ring(call: Call, caller: Caller, known: Changing<CallRoute>, ready?: Promise<void>): void {
    this.#route(caller, known.target, ready).then(
      (route) => {
        if (route.called) known.called = route.called;
        if (route.called && "legs" in route) this.emit("called", call, known);
        if ("legs" in route) call.ring(route.legs);
        else call.refuse(route.cause);
      },
      (fault: unknown) => {
        this.#parts.log.error("routing failed", { call: call.reference, fault: messageOf(fault) });
        call.refuse({ code: "server-error" });
      },
    );
  }

  /** Never at once: the caller's leg learns its call id first. */
  async #route(caller: Caller, target: Address, ready?: Promise<void>): Promise<Route> {
    await ready;
    if (this.#stopping) return { cause: { code: "stopping" } };
    if (this.#calls.size > this.#parts.settings.maxCalls) return { cause: { code: "overload" } };
    return this.#parts.router.route(caller, target);
  }

  #ended(call: Call, outcome: CallOutcome, route: CallRoute): void {
    this.#calls.delete(call.id);
    this.emit("ended", call, outcome, route);
    call.removeAllListeners();
  }

  /**
   * A registered phone may send its calls where its owner may call (RFC 3261 8.1.3.4); whoever else redirects is not
   * followed, the caller is told.
   */
  async #redirect(branch: Leg, targets: readonly string[]): Promise<readonly Leg[] | Cause> {
    const owner = parseUserId(branch.party.user ?? "");
    if (!owner || !(await this.#parts.accounts.find(owner))) return { code: "redirected" };
    const caller: Caller = { party: branch.party, domain: owner.domain, rights: defaultRights };
    for (const text of targets) {
      const route = await this.#parts.router.route(caller, this.#addressOf(text, owner.domain));
      if ("legs" in route) return route.legs;
    }
    return { code: "redirected" };
  }

  #addressOf(text: string, domain: string): Address {
    const target = parseTarget(text);
    if (/^tel:/i.test(text)) return { tel: text.slice(4) };
    if (!target) return { sip: text };
    if (!this.#parts.accounts.hosts(target.host) && !isLocal(target.host)) return { sip: text };
    return /^\+?\d+$/.test(target.user)
      ? { tel: target.user }
      : { user: `${target.user}@${isLocal(target.host) ? domain : target.host}` };
  }
}

/** A phone that knows us by address names the users of its own domain so. */
function isLocal(host: string): boolean {
  return host === "localhost" || /^[\d.]+$/.test(host) || host.startsWith("[");
}

function shown(address: Address): string {
  return "user" in address ? address.user : "tel" in address ? address.tel : address.sip;
}
