import { Cluster, Redis, type RedisOptions } from "ioredis";

/** Where Redis is: `url`, or `sentinels` with the name of the `master`, or nodes of a `cluster`. */
export interface RedisSettings {
  /** `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS. */
  readonly url?: string | undefined;
  /** `host:port` each, as those of `cluster`. */
  readonly sentinels: readonly string[];
  readonly master: string;
  readonly sentinelPassword?: string | undefined;
  readonly cluster: readonly string[];
  /** With `sentinels` and `cluster`; a `url` says it itself. */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly tls: boolean;
  /** After so long without an answer it counts as away; milliseconds. */
  readonly timeout: number;
}

export type RedisClient = Redis | Cluster;

const longestRetryMs = 2_000;
const retryStrategy = (times: number): number => Math.min(100 * times, longestRetryMs);

/** True when the settings name a Redis. */
export const isConfigured = ({ url, sentinels, cluster }: RedisSettings): boolean =>
  url !== undefined || sentinels.length > 0 || cluster.length > 0;

/** A client that is not connected yet. It keeps no command for later, and sends none twice. */
export function clientOf(settings: RedisSettings): RedisClient {
  const { url, sentinels, master, sentinelPassword, cluster, tls, timeout } = settings;
  const common = commonOptions(timeout);
  if (url !== undefined) return new Redis(url, { ...common, retryStrategy, enableOfflineQueue: false });
  const secured = { ...common, ...signIn(settings), ...(tls && { tls: {} }) };
  if (cluster.length > 0)
    return new Cluster(cluster.map(addressOf), {
      lazyConnect: true,
      enableOfflineQueue: false,
      clusterRetryStrategy: retryStrategy,
      slotsRefreshTimeout: timeout,
      redisOptions: secured,
    });
  return new Redis({
    ...secured,
    sentinels: sentinels.map(addressOf),
    name: master,
    ...(sentinelPassword !== undefined && { sentinelPassword }),
    ...(tls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
    sentinelRetryStrategy: retryStrategy,
    retryStrategy,
    enableOfflineQueue: false,
  });
}

/** The servers that take changes. */
export const mastersOf = (client: RedisClient): readonly Redis[] =>
  client instanceof Cluster ? client.nodes("master") : [client];

/**
 * A server that takes all publications of one process: between two of a Cluster they would overtake each other. `turn`
 * spreads processes over the servers.
 */
export function publisherOf(client: RedisClient, turn: number): Redis {
  if (!(client instanceof Cluster)) return client;
  const masters = [...client.nodes("master")].sort((a, b) => addressText(a).localeCompare(addressText(b)));
  const chosen = masters[turn % masters.length];
  if (!chosen) throw new Error("no server of the Cluster is known");
  return chosen;
}

/** How many connections have subscribed to the channel, at whatever server. */
export async function subscribersOf(client: Cluster, channel: string): Promise<number> {
  const answers = await Promise.all(client.nodes().map((node) => node.pubsub("NUMSUB", channel)));
  return answers.reduce((sum, answer) => sum + Number(answer[1] ?? 0), 0);
}

const addressText = ({ options: { host = "", port = 0 } }: Redis): string => `${host}:${port}`;

const commonOptions = (timeout: number) =>
  ({
    lazyConnect: true,
    connectTimeout: timeout,
    socketTimeout: timeout,
    maxRetriesPerRequest: 0,
    // After a failover the old master may still be there, as a replica.
    reconnectOnError: ({ message }) => message.startsWith("READONLY"),
  }) satisfies RedisOptions;

const signIn = ({ user, password }: RedisSettings) => ({
  ...(user !== undefined && { username: user }),
  ...(password !== undefined && { password }),
});

/** Of `host:port`, `[host]:port` or `host`. */
function addressOf(text: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(`redis://${text}`);
  return { host: hostname.replace(/^\[|\]$/g, ""), port: port === "" ? 6379 : Number(port) };
}
