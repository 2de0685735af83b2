import assert from "node:assert/strict";
import { systemClock } from "../../../gateway/base/clock.ts";
import { silentLogger } from "../../../gateway/base/log.ts";
import { check } from "../../../gateway/config.ts";
import { MemoryUserStore } from "../../../gateway/directory/memory/memory-user-store.ts";
import { RedisConnection } from "../../../gateway/directory/redis/connection.ts";
import { valueOfUser } from "../../../gateway/directory/redis/keys.ts";
import { RedisUserStore } from "../../../gateway/directory/redis/redis-user-store.ts";
import { StoreError } from "../../../gateway/directory/store-error.ts";
import type { UserStore } from "../../../gateway/directory/user-store.ts";
import { startRedis, type RunningRedis } from "../../support/redis-server.ts";

type Words = readonly string[];
const isWords = (value: unknown): value is Words => Array.isArray(value);
const alice = { domain: "a.example", name: "alice" };

describe("what is kept for a user", function () {
  this.timeout(20_000);
  let server: RunningRedis;
  let redis: RedisConnection;
  let kinds = 0;
  const failed: string[] = [];

  before(async () => {
    server = await startRedis();
    const settings = check({ redis: { url: server.url } }).redis;
    redis = new RedisConnection({
      settings,
      clock: systemClock,
      log: silentLogger,
      failed: (code) => failed.push(code),
    });
    await redis.open();
  });
  after(async () => {
    redis.close();
    await server.stop();
  });

  /** Two views of the same store. */
  const suppliers: readonly [string, () => readonly [UserStore<Words>, UserStore<Words>]][] = [
    [
      "memory",
      () => {
        const store = new MemoryUserStore<Words>();
        return [store, store];
      },
    ],
    [
      "Redis",
      () => {
        const kind = `words-${(kinds += 1)}`;
        return [new RedisUserStore(redis, kind, isWords), new RedisUserStore(redis, kind, isWords)];
      },
    ],
  ];

  it("in Redis is neither seen nor changed when a newer release wrote it", async () => {
    const store = new RedisUserStore(redis, "newer", isWords);
    const text = JSON.stringify({ schema: 99, value: { of: "another form" } });
    const key = valueOfUser(alice, "newer");
    await redis.run("writing", (client) => client.set(key, text));
    assert.equal(await store.read(alice), undefined);
    await assert.rejects(
      store.change(alice, () => ["mine"]),
      (fault) => fault instanceof StoreError && fault.code === "newer",
    );
    assert.equal(await redis.run("reading", (client) => client.get(key)), text);
    assert.deepEqual(failed, ["newer", "newer"]);
  });

  for (const [name, open] of suppliers) {
    it(`in ${name} is changed one change after another, from wherever`, async () => {
      const stores = open();
      const words = ["a", "b", "c", "d", "e", "f"];
      await Promise.all(words.map((word, index) => stores[index % 2]?.change(alice, (known = []) => [...known, word])));
      assert.deepEqual([...((await stores[0].read(alice)) ?? [])].sort(), words);
      assert.equal(await stores[1].change(alice, () => undefined), undefined);
      assert.equal((await stores[1].read(alice))?.length, words.length);
    });

    it(`in ${name} is nobody else's, and is erased`, async () => {
      const [store] = open();
      await store.change(alice, () => ["mine"]);
      for (const other of [
        { ...alice, domain: "b.example" },
        { ...alice, name: "bob" },
      ])
        assert.equal(await store.read(other), undefined);
      assert.deepEqual([await store.erase(alice), await store.erase(alice)], [true, false]);
      assert.equal(await store.read(alice), undefined);
    });
  }
});
