import { MemoryAccounts } from "../../gateway/directory/memory/memory-accounts.ts";
import { MemoryRegistrations } from "../../gateway/directory/memory/memory-registrations.ts";
import type { UserId } from "../../gateway/directory/user-id.ts";
import { userKey } from "../../gateway/directory/user-id.ts";
import type { OutgoingRoute } from "../../gateway/sip/outgoing-leg.ts";
import { Trunks, type TrunkConfig } from "../../gateway/sip/trunk.ts";
import type { PlayerProgram } from "../../gateway/call/player-leg.ts";
import type { Elsewhere } from "../../gateway/switchboard/elsewhere.ts";
import { defaultRights, type Rights } from "../../gateway/switchboard/rights.ts";
import { Router, type Caller } from "../../gateway/switchboard/router.ts";
import type { Wakeable } from "../../gateway/switchboard/wakeable.ts";
import { FakeLeg } from "./fake-leg.ts";
import { VirtualClock } from "./virtual-clock.ts";

const account = (name: string, domain: string) => ({ id: { name, domain }, name: name.toUpperCase() });

export interface RouterOptions {
  readonly trunks?: readonly TrunkConfig[];
  readonly dialAllow?: readonly string[];
  readonly sleepers?: Wakeable;
  readonly elsewhere?: Pick<Elsewhere, "find">;
}

/** Two tenants, a.example and b.example, with alice and bob in each; legs are fakes. */
export class RouterRig {
  readonly clock = new VirtualClock();
  readonly accounts = new MemoryAccounts(
    ["a.example", "b.example"],
    ["a.example", "b.example"].flatMap((domain) => [account("alice", domain), account("bob", domain)]),
  );
  readonly registrations = new MemoryRegistrations(this.clock);
  /** Open pages by user key. */
  readonly pages = new Map<string, { session: string; leg: FakeLeg }[]>();
  /** Keys of users who want no call to ring. */
  readonly undisturbed = new Set<string>();
  readonly routes: OutgoingRoute[] = [];
  readonly programs: PlayerProgram[] = [];
  readonly router: Router;
  #legs = 0;

  constructor({ trunks = [], dialAllow = [], sleepers, elsewhere }: RouterOptions = {}) {
    this.router = new Router({
      accounts: this.accounts,
      registrations: this.registrations,
      trunks: new Trunks(trunks),
      pages: {
        legsOf: (user, except) =>
          (this.pages.get(userKey(user)) ?? []).flatMap(({ session, leg }) => (session === except ? [] : [leg])),
        isUndisturbed: (user) => this.undisturbed.has(userKey(user)),
      },
      ...(sleepers && { sleepers }),
      ...(elsewhere && { elsewhere }),
      dialAllow,
      emergencyNumbers: ["112"],
      makePhoneLeg: (route) => {
        this.routes.push(route);
        return new FakeLeg(`phone-${(this.#legs += 1)}`, route.kind, route.party);
      },
      makePlayerLeg: (id, party, program) => {
        this.programs.push(program);
        return new FakeLeg(id, "rtp", party);
      },
    });
  }

  /** Opens a page of the user; its leg. */
  page(user: UserId, session = "other"): FakeLeg {
    const leg = new FakeLeg(`page-${session}`, "web", { address: { user: `${user.name}@${user.domain}` } });
    this.pages.set(userKey(user), [...(this.pages.get(userKey(user)) ?? []), { session, leg }]);
    return leg;
  }

  async phone(user: UserId, contact = `sip:${user.name}@192.0.2.7`): Promise<void> {
    const source = { address: "192.0.2.7", port: 5060, transport: "udp" };
    const expiresAt = this.clock.now() + 60_000;
    await this.registrations.put(user, { contact, ...source, callId: contact, cseq: 1, q: 1, expiresAt });
  }

  caller(rights: Rights = defaultRights, domain = "a.example"): Caller {
    const user = `alice@${domain}`;
    return { party: { address: { user }, user, name: "ALICE" }, domain, rights, origin: "own" };
  }
}
