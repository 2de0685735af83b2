import { PlayerLeg } from "../call/player-leg.ts";
import type { Player } from "../media/player.ts";
import type { Relay } from "../media/relay.ts";
import type { Sessions } from "../session/sessions.ts";
import { defaultRights } from "../switchboard/rights.ts";
import { Elsewhere } from "../switchboard/elsewhere.ts";
import { LegHost } from "../switchboard/leg-host.ts";
import { CallMe } from "../switchboard/call-me.ts";
import { Router } from "../switchboard/router.ts";
import { Switchboard } from "../switchboard/switchboard.ts";
import type { Wakeable } from "../switchboard/wakeable.ts";
import type { Frame } from "./frame.ts";
import type { OtherNodes } from "./nodes.ts";
import type { Telephony } from "./telephony.ts";

export interface Calls {
  readonly switchboard: Switchboard;
  readonly callMe: CallMe;
  /** Legs here of calls at other nodes. */
  readonly host: LegHost;
  /** Legs at other nodes of calls here. */
  readonly elsewhere: Elsewhere;
}

/** The switchboard, fed by the telephone side; pages feed it by their sessions. */
export function buildCalls(
  { config, accounts, registrations, clock, log, metrics, stories, later }: Frame,
  others: OtherNodes,
  { agent, trunks }: Telephony,
  pages: Sessions,
  media: { readonly relay: Relay; readonly player: Player },
  sleepers?: Wakeable,
): Calls {
  const elsewhere = new Elsewhere({ ...others, clock, log });
  later(() => elsewhere.close());
  const router = new Router({
    accounts,
    registrations,
    trunks,
    pages,
    elsewhere,
    ...(sleepers && { sleepers }),
    dialAllow: config.dial.allow,
    emergencyNumbers: config.dial.emergency,
    makePhoneLeg: (route) => agent.outgoing(route),
    makePlayerLeg: (id, party, program) => new PlayerLeg(id, party, media.player, program),
  });
  const host = new LegHost({
    ...others,
    clock,
    log,
    legsOf: (user, except) => router.ownLegs(user, except),
    isUndisturbed: (user) => pages.isUndisturbed(user),
  });
  metrics.measureLegs({ host, elsewhere });
  const { ringTimeout, maxCalls } = config.call;
  const settings = { ringTimeout, maxCalls };
  const parts = { relay: media.relay, accounts, router, clock, log, settings };
  const switchboard = new Switchboard({ ...parts, journals: stories });
  switchboard.on("ended", (_call, { cause }) => metrics.ended(cause.code));
  agent.on("incoming", ({ leg, offer, target, domain }) => {
    const caller = { party: leg.party, domain, rights: defaultRights };
    switchboard.start({ leg, caller, target, ...(offer && { offer }) });
  });
  const callMeSettings = { ...config.call, emergencyNumbers: config.dial.emergency };
  const callMe = new CallMe({ ...media, switchboard, router, clock, log, settings: callMeSettings });
  return { switchboard, callMe, host, elsewhere };
}
