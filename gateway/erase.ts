import { systemClock } from "./base/clock.ts";
import { messageOf } from "./base/errors.ts";
import { createLogger } from "./base/log.ts";
import { eraseUser, type Erased } from "./compose/erase.ts";
import { openRedis } from "./compose/redis.ts";
import { GatewayMetrics } from "./compose/metrics.ts";
import { StateDir } from "./compose/state-dir.ts";
import { readConfig } from "./config.ts";
import { StoreError } from "./directory/store-error.ts";
import { parseUserId, type UserId } from "./directory/user-id.ts";

const usage = "Usage: npm run -s erase -- NAME@DOMAIN";

/** Entry point: erases what is kept of a user, with the gateway's own settings, and says what that was. */
async function main(): Promise<void> {
  const user = parseUserId(process.argv[2] ?? "");
  if (!user || process.argv.length !== 3) throw new Error(usage);
  const erased = await erase(user);
  const counted = Object.entries(erased).map(([what, count]) => `${count} ${what}`);
  process.stdout.write(`Erased of ${process.argv[2]}: ${counted.join(", ")}.\n`);
}

async function erase(user: UserId): Promise<Erased> {
  const config = readConfig();
  const log = createLogger({ level: "error", json: false });
  const undo: (() => Promise<void> | void)[] = [];
  const later = (step: () => Promise<void> | void): void => void undo.push(step);
  try {
    const redis = await openRedis(config.redis, { clock: systemClock, log, metrics: new GatewayMetrics(), later });
    if (redis && !redis.isUp) throw new StoreError("away", "Redis is away: nothing was erased");
    // Whiteboards lie in files: a gateway that runs would write them again.
    const dir = StateDir.open(config.stateDir);
    later(() => dir.remove("gateway.json"));
    return await eraseUser({ config, clock: systemClock, log, ...(redis && { redis }) }, user);
  } finally {
    for (const step of undo.reverse()) await step();
  }
}

main().catch((fault: unknown) => {
  process.stderr.write(`${messageOf(fault)}\n`);
  process.exitCode = 2;
});
