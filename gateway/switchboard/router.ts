import { isIP } from "node:net";
import { uuid } from "../base/ids.ts";
import type { Cause } from "../call/cause.ts";
import type { Address, Leg, LegId, Party } from "../call/leg.ts";
import type { PlayerProgram } from "../call/player-leg.ts";
import type { Account, Accounts } from "../directory/accounts.ts";
import type { Registrations } from "../directory/registrations.ts";
import { parseUserId, printUserId, type UserId } from "../directory/user-id.ts";
import type { OutgoingRoute } from "../sip/outgoing-leg.ts";
import { phoneRoute } from "../sip/phone-route.ts";
import { trunkRoute, type TrunkConfig, type Trunks } from "../sip/trunk.ts";
import { parseTarget } from "../sip/target.ts";
import type { Elsewhere, FoundElsewhere } from "./elsewhere.ts";
import type { OwnLeg } from "./leg-host.ts";
import type { Ringable } from "./ringable.ts";
import { mayCall, mayUseDialAllow, type Rights } from "./rights.ts";
import { testNumberOf } from "./test-numbers.ts";
import type { Wakeable } from "./wakeable.ts";

/** Who calls, as far as routing cares. */
export interface Caller {
  readonly party: Party;
  /** The tenant: nothing outside it is reached by `{user}`. */
  readonly domain: string;
  readonly rights: Rights;
  /** The page that calls; it is not rung itself. */
  readonly origin?: string;
}

export interface RouterParts {
  readonly accounts: Accounts;
  readonly registrations: Registrations;
  readonly trunks: Trunks;
  readonly pages: Ringable;
  /** Other nodes; absent where there are none. */
  readonly elsewhere?: Pick<Elsewhere, "find">;
  /** Browsers that are woken when there is nothing else to ring; absent: none are. */
  readonly sleepers?: Wakeable;
  /** SIP URI patterns that `{sip}` may reach without being named in the token's claim. */
  readonly dialAllow: readonly string[];
  /** Numbers that people dial when in danger; refused by name unless a trunk serves them. */
  readonly emergencyNumbers: readonly string[];
  makePhoneLeg(route: OutgoingRoute): Leg;
  makePlayerLeg(id: LegId, party: Party, program: PlayerProgram): Leg;
}

/** Legs to ring at once, or why there are none; `called` is the account that was meant, rung or not. */
export type Route = ({ readonly legs: readonly Leg[] } | { readonly cause: Cause }) & { readonly called?: UserId };

const refuse = (code: Cause["code"], text?: string): Route => ({
  cause: { code, ...(text !== undefined && { text }) },
});

/** Target → legs. Another domain's user is answered like one that does not exist. */
export class Router {
  readonly #parts: RouterParts;

  constructor(parts: RouterParts) {
    this.#parts = parts;
  }

  async route(caller: Caller, target: Address): Promise<Route> {
    if ("user" in target) return this.#user(caller, target.user);
    if ("tel" in target) return this.#number(caller, target.tel);
    return this.#sip(caller, target.sip);
  }

  async #user(caller: Caller, text: string): Promise<Route> {
    const user = parseUserId(text);
    if (!user || user.domain !== caller.domain) return refuse("not-found");
    if (!mayCall(caller.rights, { user: text })) return refuse("not-allowed");
    // Nobody disturbs themselves: own calls go to own devices.
    const isOwn = caller.party.user === printUserId(user);
    const asked = this.#parts.elsewhere?.find(user, caller.origin);
    const account = await this.#parts.accounts.find(user);
    const called = account && { called: user };
    if (!isOwn && this.#parts.pages.isUndisturbed(user)) return { ...refuse("do-not-disturb"), ...called };
    const own = await this.#own(user, account, caller.origin);
    const found = await asked;
    if (!isOwn && found?.undisturbed) return { ...refuse("do-not-disturb"), ...called };
    const legs = [...own.map(({ leg }) => leg), ...(found ? notAmong(own, found) : [])];
    if (legs.some(({ away }) => !away)) return { legs, ...called };
    const pages = (): Promise<readonly Leg[]> => this.#pages(user);
    const sleeping = called && !isOwn && (await this.#parts.sleepers?.sleepingLeg(user, pages, account.name));
    // A page that was left a moment ago is rung by it when it comes back.
    if (sleeping) return { legs: [sleeping], ...called };
    if (legs.length > 0) return { legs, ...called };
    return called ? { ...refuse("unavailable", "not signed in anywhere"), ...called } : refuse("not-found");
  }

  /** A new leg for each page and softphone of the user that is reached from this node, but for the session `except`. */
  async ownLegs(user: UserId, except?: string): Promise<readonly OwnLeg[]> {
    return this.#own(user, await this.#parts.accounts.find(user), except);
  }

  /** A new leg for each page of the user that is connected, at whatever node. */
  async #pages(user: UserId): Promise<readonly Leg[]> {
    const found = await this.#parts.elsewhere?.find(user);
    return [...this.#parts.pages.legsOf(user), ...(found?.legs ?? [])].filter(
      ({ kind, away }) => kind === "web" && !away,
    );
  }

  async #own(user: UserId, account: Account | undefined, except?: string): Promise<readonly OwnLeg[]> {
    const { pages, registrations, makePhoneLeg } = this.#parts;
    const bindings = await registrations.here(user);
    const phones = bindings.map((binding) => ({
      leg: makePhoneLeg(phoneRoute(user, binding, account?.media ?? "rtp", account?.name)),
      contact: binding.contact,
    }));
    return [...pages.legsOf(user, except).map((leg) => ({ leg })), ...phones];
  }

  async #number(caller: Caller, number: string): Promise<Route> {
    const program = testNumberOf(number, caller.party);
    if (program) return { legs: [this.#parts.makePlayerLeg(uuid() as LegId, { address: { tel: number } }, program)] };
    if (!dialable.test(number)) return refuse("not-found", "not a telephone number");
    const trunk = this.#parts.trunks.forDomain(caller.domain);
    if (!trunk && this.#parts.emergencyNumbers.includes(number)) return refuse("emergency-not-supported");
    if (!trunk) return refuse("not-found", "no trunk is configured for telephone numbers");
    return this.#trunk(caller, trunk, number);
  }

  #trunk(caller: Caller, trunk: TrunkConfig, number: string): Route {
    if (!mayCall(caller.rights, { tel: number })) return refuse("not-allowed");
    return { legs: [this.#parts.makePhoneLeg(trunkRoute(trunk, number, caller.party))] };
  }

  async #sip(caller: Caller, text: string): Promise<Route> {
    const target = parseTarget(text);
    if (!target) return refuse("not-found", "not a SIP address");
    const user = parseUserId(`${target.user}@${target.host}`);
    if (user && this.#parts.accounts.hosts(user.domain)) return this.#user(caller, `${user.name}@${user.domain}`);
    const claimed = mayCall(
      caller.rights.filter((right) => right.startsWith("sip:")),
      { sip: text },
    );
    if (!claimed && isLiteral(target.host)) return refuse("not-allowed", "SIP address literals are not called");
    const trunk = this.#parts.trunks.forHost(target.host, caller.domain);
    if (trunk && dialable.test(target.user)) return this.#trunk(caller, trunk, target.user);
    const allowed = mayCall(this.#parts.dialAllow, { sip: text }) && mayUseDialAllow(caller.rights, { sip: text });
    if (!claimed && !allowed) return refuse("not-allowed");
    const party: Party = { address: { sip: target.uri } };
    return { legs: [this.#parts.makePhoneLeg({ party, kind: "rtp", uri: target.uri, host: caller.domain })] };
  }
}

/** A softphone that has gone from one node to another is rung once. */
function notAmong(own: readonly OwnLeg[], { legs, contacts }: FoundElsewhere): readonly Leg[] {
  const known = new Set(own.flatMap(({ contact }) => contact ?? []));
  return legs.filter((leg) => {
    const contact = contacts.get(leg);
    if (contact === undefined) return true;
    return !known.has(contact) && known.add(contact);
  });
}

/** A number as people write it, with visual separators (RFC 3966 5.1.1). */
const dialable = /^\+?[0-9*#().\s-]{2,32}$/;

/** An address in any writing that a resolver takes for one: also `2130706433`, `0x7f.1`, `127.1`. */
function isLiteral(host: string): boolean {
  return isIP(host.replace(/^\[|\]$/g, "")) !== 0 || /(^|\.)(\d+|0x[\da-f]*)\.?$/i.test(host);
}
