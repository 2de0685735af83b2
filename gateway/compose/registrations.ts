import { MemoryRegistrations } from "../directory/memory/memory-registrations.ts";
import { RedisRegistrations } from "../directory/redis/redis-registrations.ts";
import type { Registrations } from "../directory/registrations.ts";
import type { Foundation } from "./frame.ts";
import type { OtherNodes } from "./nodes.ts";
import type { SipServerAccess } from "./sip-server.ts";

/** Which softphones are registered: at this node, and with Redis at all. */
export async function openRegistrations(
  { config, redis, clock, log, later }: Foundation,
  others: OtherNodes,
  { place, isNew }: Pick<SipServerAccess, "place" | "isNew">,
): Promise<Registrations> {
  const own = new MemoryRegistrations(clock);
  later(() => own.close());
  if (!redis) return own;
  const shared = new RedisRegistrations({
    ...others,
    connection: redis,
    clock,
    log,
    own,
    server: place,
    domains: config.domains.map((one) => one.toLowerCase()),
    // Connections ended with the SIP server that had them; a datagram finds its phone again.
    holds: ({ transport }) => !isNew || transport === "udp",
  });
  later(() => shared.close());
  await shared.restore();
  return shared;
}
