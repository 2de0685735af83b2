import { MemoryBus } from "../directory/memory/memory-bus.ts";
import { MemorySessionRecords } from "../directory/memory/memory-session-records.ts";
import { Nodes } from "../directory/nodes.ts";
import { RedisBus } from "../directory/redis/redis-bus.ts";
import { RedisSessionRecords } from "../directory/redis/redis-session-records.ts";
import { HandOver } from "../session/hand-over.ts";
import { GapReader } from "../session/gap-reader.ts";
import { Roster } from "../session/roster.ts";
import { Session, type SessionParts } from "../session/session.ts";
import type { Sessions } from "../session/sessions.ts";
import type { Presence } from "../presence/presence.ts";
import type { Bus } from "../directory/bus.ts";
import type { Elsewhere } from "../switchboard/elsewhere.ts";
import type { LegHost } from "../switchboard/leg-host.ts";
import type { Foundation, Frame } from "./frame.ts";

/** Sessions are held every few seconds: their records outlive a pause, and then the grace. */
const heldMs = 15_000;

/** What this node has to do with others. Without Redis there are none. */
export interface OtherNodes {
  readonly bus: Bus;
  readonly nodes: Nodes;
}

/** How calls go on when their page is at another node by now. */
export interface LegsAcross {
  readonly host: LegHost;
  readonly elsewhere: Elsewhere;
}

/** `server`: this node's SIP server, by a name that outlives the process. */
export function joinNodes({ redis, clock, log, metrics, later }: Foundation, server: string): OtherNodes {
  const lost = (publications: number): void => metrics.publicationsLost.add({}, publications);
  const bus = redis ? new RedisBus({ connection: redis, clock, log, lost }) : new MemoryBus();
  later(() => bus.close());
  const nodes = new Nodes(bus, clock, server);
  later(() => nodes.leave());
  metrics.measureNodes(nodes);
  return { bus, nodes };
}

/** Sessions that come from other nodes, and go there. */
export function buildHandOver(
  { config, redis, clock, log, later }: Frame,
  { bus, nodes, host, elsewhere }: OtherNodes & LegsAcross,
  sessions: Sessions,
  presence: Presence,
  partsOf: () => SessionParts,
): { readonly handOver: HandOver; readonly roster: Roster } {
  const { grace } = config.session;
  const records = redis ? new RedisSessionRecords(redis, grace + heldMs) : new MemorySessionRecords();
  const parts = { bus, nodes, host, elsewhere, records, clock, log, sessions, presence };
  const handOver = new HandOver({
    ...parts,
    newer: () => redis?.newer("going on with a session"),
    arrive: (identity, state) => {
      const name = identity.name ?? state.name;
      const session = new Session(
        state.address,
        { ...identity, ...(name !== undefined && { name }) },
        partsOf(),
        state,
      );
      session.arrived(state.wishes);
      return session;
    },
  });
  const roster = new Roster({
    ...parts,
    node: bus.node,
    find: (id) => sessions.find(id),
    ids: () => sessions.all.flatMap(({ id, identity }) => (identity.guest ? [] : [id])),
    taken: (session, by) => handOver.taken(session, by),
  });
  const gaps = new GapReader({ bus, nodes, sessions });
  for (const part of [handOver, roster, gaps]) later(() => part.close());
  return { handOver, roster };
}
