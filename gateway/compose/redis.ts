import type { Config } from "../config.ts";
import { isConfigured } from "../directory/redis/client.ts";
import { RedisConnection } from "../directory/redis/connection.ts";
import type { Frame } from "./frame.ts";

/** The Redis that the nodes share, where one is configured. It may be away: it is used once it is there. */
export async function openRedis(
  settings: Config["redis"],
  { clock, log, metrics, later }: Pick<Frame, "clock" | "log" | "metrics" | "later">,
): Promise<RedisConnection | undefined> {
  if (!isConfigured(settings)) return undefined;
  const connection = new RedisConnection({ settings, clock, log, failed: (code) => metrics.storeFailed(code) });
  later(() => connection.close());
  metrics.measureRedis(connection);
  await connection.open();
  return connection;
}
