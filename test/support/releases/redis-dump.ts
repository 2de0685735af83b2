import { readFileSync } from "node:fs";
import { Redis } from "ioredis";

/** A value of Redis as it can be read: by its key, a text or a hash of texts. */
export interface RedisDump {
  readonly release: string;
  readonly keys: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

/** What passes by itself, and what is a secret: neither is content that a release leaves to the next. */
const left = /:(bindings|phones|keys)$/;

/** All that lies in the Redis at `port`, in the order of the keys. Fails at a type that no release has used. */
export async function dumpOf(port: number, release: string): Promise<RedisDump> {
  const redis = new Redis(port);
  try {
    const names = (await redis.keys("offhook:*")).filter((name) => !left.test(name)).sort();
    const values = await Promise.all(names.map((name) => valueOf(redis, name)));
    return { release, keys: Object.fromEntries(names.map((name, index) => [name, values[index] ?? ""])) };
  } finally {
    redis.disconnect();
  }
}

/** Writes it all to the Redis at `port`. */
export async function load(port: number, { keys }: RedisDump): Promise<void> {
  const redis = new Redis(port);
  try {
    for (const [name, value] of Object.entries(keys))
      await (typeof value === "string" ? redis.set(name, value) : redis.hset(name, value));
  } finally {
    redis.disconnect();
  }
}

/** That of a release, from `test/vectors/releases`. */
export const dumpOfRelease = (release: string): RedisDump =>
  JSON.parse(readFileSync(vectorOf(release, "redis.json"), "utf8")) as RedisDump;

/** A file of a release. */
export const vectorOf = (release: string, file: string): URL =>
  new URL(`../../vectors/releases/${release}/${file}`, import.meta.url);

async function valueOf(redis: Redis, name: string): Promise<string | Record<string, string>> {
  const type = await redis.type(name);
  if (type === "string") return (await redis.get(name)) ?? "";
  if (type === "hash") return sorted(await redis.hgetall(name));
  throw new Error(`${name} is a ${type}: teach redis-dump.ts to keep it`);
}

const sorted = (hash: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(hash).sort(([a], [b]) => (a < b ? -1 : 1)));
