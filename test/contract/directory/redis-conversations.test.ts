import assert from "node:assert/strict";
import { systemClock } from "../../../gateway/base/clock.ts";
import { silentLogger } from "../../../gateway/base/log.ts";
import { check } from "../../../gateway/config.ts";
import { directKey } from "../../../gateway/directory/conversations.ts";
import { mastersOf } from "../../../gateway/directory/redis/client.ts";
import { RedisConnection } from "../../../gateway/directory/redis/connection.ts";
import { conversationKeys } from "../../../gateway/directory/redis/keys.ts";
import { RedisConversations } from "../../../gateway/directory/redis/redis-conversations.ts";
import { StoreError } from "../../../gateway/directory/store-error.ts";
import { startRedisCluster } from "../../support/redis-cluster.ts";
import { startRedis } from "../../support/redis-server.ts";
import { describeConversations, type Opening } from "./conversations-contract.ts";

interface Server {
  readonly settings: object;
  stop(): Promise<unknown>;
}

const single = async (): Promise<Server> => {
  const { url, stop } = await startRedis();
  return { settings: { url }, stop };
};
const cluster = async (): Promise<Server> => {
  const { nodes, stop } = await startRedisCluster();
  return { settings: { cluster: nodes.slice(0, 1) }, stop };
};

async function connected({ settings }: Server): Promise<RedisConnection> {
  const { redis } = check({ redis: settings });
  const connection = new RedisConnection({ settings: redis, clock: systemClock, log: silentLogger });
  await connection.open();
  return connection;
}

for (const [name, start] of [
  ["in Redis", single],
  ["in a Redis Cluster", cluster],
] as const) {
  describe(name, function () {
    this.timeout(60_000);
    let server: Server;
    let redis: RedisConnection;

    before(async () => {
      server = await start();
      redis = await connected(server);
    });
    after(async () => {
      redis.close();
      await server.stop();
    });

    describeConversations(name, async ({ now, ...limits }: Opening) => {
      const open = () => new RedisConversations(redis, limits, now);
      return {
        conversations: open(),
        reopen: async () => open(),
        close: () =>
          redis.run("emptying", async (client) => {
            for (const master of mastersOf(client)) await master.flushall();
          }),
      };
    });
  });
}

describe("conversations in Redis", function () {
  this.timeout(20_000);
  const [alice, bob] = ["alice@a.example", "bob@a.example"];
  const key = directKey("a.example", "alice", "bob");
  let server: Server;
  let redis: RedisConnection;
  let store: RedisConversations;

  beforeEach(async () => {
    server = await single();
    redis = await connected(server);
    store = new RedisConversations(redis, { messages: 2, age: 1_000 }, () => 1_000);
  });
  afterEach(async () => {
    redis.close();
    await server.stop();
  });

  const say = (text: string) => store.add(key, { messageId: text, from: alice, at: 1_000, text }, [alice, bob]);
  const texts = async () => (await store.list(key, { limit: 9 })).messages.map(({ text }) => text);
  const everything = () =>
    redis.run("reading all", async (client) => {
      const keys = await client.keys("*");
      return (await Promise.all(keys.map((one) => client.hgetall(one)))).map((one) => JSON.stringify(one)).join("\n");
    });
  const full = (fault: unknown): boolean => fault instanceof StoreError && fault.code === "full";

  it("keep no message beyond the last ones, and no deleted text", async () => {
    for (const text of ["one", "two", "three"]) await say(text);
    await store.edit(key, alice, "three", undefined, 1_000);
    const held = await everything();
    assert.deepEqual(
      [/one/, /two/, /text.{5}three/].map((text) => text.test(held)),
      [false, true, false],
    );
  });

  it("refuse a message that Redis has no room for, with nothing half written", async () => {
    await say("one");
    const before = await everything();
    const limit = (bytes: string) => redis.run("limiting", (client) => client.config("SET", "maxmemory", bytes));
    await limit("1");
    await assert.rejects(say("two"), full);
    await assert.rejects(store.edit(key, alice, "one", "other", 1_000), full);
    const other = directKey("a.example", "alice", "zoe");
    await assert.rejects(store.add(other, { messageId: "1", from: alice, at: 1, text: "x" }, [alice]), full);
    assert.equal(await everything(), before);
    await limit("0");
    assert.equal((await say("two")).message.number, 2);
    assert.deepEqual(await texts(), ["two", "one"]);
  });

  it("are not touched when a newer release wrote them; others go on", async () => {
    await say("one");
    const zoe = directKey("a.example", "alice", "zoe");
    await store.add(zoe, { messageId: "1", from: alice, at: 1_000, text: "to Zoe" }, [alice, "zoe@a.example"]);
    const { facts } = conversationKeys(key);
    await redis.run("ageing", (client) => client.hset(facts, "schema", "99"));
    const before = await everything();
    const newer = (fault: unknown): boolean => fault instanceof StoreError && fault.code === "newer";
    for (const work of [
      () => say("two"),
      () => texts(),
      () => store.members(key),
      () => store.edit(key, alice, "one", "other", 1_000),
      () => store.settle(key, () => ({ members: [] })),
    ])
      await assert.rejects(work(), newer);
    await store.prune();
    assert.equal(await everything(), before);
    const found = await store.of({ domain: "a.example", name: "alice" }, 9);
    assert.deepEqual(
      found.map((summary) => summary.key),
      [zoe],
    );
  });

  it("leave a message out that a newer release wrote", async () => {
    for (const text of ["one", "two"]) await say(text);
    const { messages } = conversationKeys(key);
    const text = JSON.stringify({ schema: 99, value: {} });
    await redis.run("ageing", (client) => client.hset(messages, "1", text));
    assert.deepEqual(await texts(), ["two"]);
    assert.equal(await redis.run("reading", (client) => client.hget(messages, "1")), text);
  });

  it("go on with a Redis that has lost its scripts", async () => {
    await say("one");
    await redis.run("flushing", (client) => client.script("FLUSH"));
    assert.equal((await say("two")).message.number, 2);
  });
});
