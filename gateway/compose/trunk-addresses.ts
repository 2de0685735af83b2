import { lookup } from "node:dns/promises";
import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { Trunks } from "../sip/trunk.ts";

/** How often trunks' host names are looked up again, in milliseconds. */
const refreshMs = 60_000;

/** Keeps the addresses of trunks that are named by host name; a name that fails keeps what it had. Returns its end. */
export function followTrunkNames(trunks: Trunks, clock: Clock, log: Logger): () => void {
  const look = (): void => {
    for (const name of trunks.names) {
      lookup(name, { all: true }).then(
        (found) =>
          trunks.learn(
            name,
            found.map(({ address }) => address),
          ),
        (fault: unknown) => log.warn("trunk not found", { name, fault: messageOf(fault) }),
      );
    }
  };
  look();
  const timer = clock.every(refreshMs, look);
  return () => timer.cancel();
}
