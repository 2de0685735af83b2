import assert from "node:assert/strict";
import { systemClock } from "../../../gateway/base/clock.ts";
import { silentLogger } from "../../../gateway/base/log.ts";
import type { DialogStore } from "../../../gateway/sip-server/store.ts";
import { MemoryDialogStore } from "../../../gateway/sip-server/store/memory.ts";
import { RedisDialogStore } from "../../../gateway/sip-server/store/redis.ts";
import { type RunningRedis, startRedis } from "../../support/redis-server.ts";
import { until } from "../../support/until.ts";

describe("dialog stores", function () {
  this.timeout(20_000);
  let redis: RunningRedis & { port: number };
  const all = new Map<string, string>();

  before(async () => (redis = await startRedis()));
  after(() => redis.stop());

  const openRedis = (instance: string): DialogStore =>
    new RedisDialogStore({
      url: redis.url,
      instance,
      everything: () => all,
      clock: systemClock,
      log: silentLogger,
    });

  const suppliers = [
    {
      name: "memory",
      open: () => Promise.resolve(new MemoryDialogStore()),
      again: async (store: DialogStore) => new MemoryDialogStore(await store.load()),
    },
    {
      name: "Redis",
      open: async () => {
        const store = openRedis("one");
        await store.load();
        return store;
      },
      again: (store: DialogStore) => store.close().then(() => openRedis("one")),
    },
  ];

  for (const { name, open, again } of suppliers) {
    it(`${name}: gives back what was put last, and nothing that was removed`, async () => {
      const store = await open();
      store.put("a;from-tag=1", "first");
      store.put("b;from-tag=1", "b");
      store.put("a;from-tag=1", "last");
      store.put("c;from-tag=1", "c");
      store.remove("c;from-tag=1");
      const next = await again(store);
      assert.deepEqual([...(await next.load())].sort(), [
        ["a;from-tag=1", "last"],
        ["b;from-tag=1", "b"],
      ]);
      await next.close();
    });
  }

  it("Redis: keeps the dialogs of two servers apart", async () => {
    const [one, two] = [openRedis("left"), openRedis("right")];
    await Promise.all([one.load(), two.load()]);
    one.put("x", "left");
    two.put("x", "right");
    await Promise.all([one.close(), two.close()]);
    const again = openRedis("left");
    assert.deepEqual([...(await again.load())], [["x", "left"]]);
    await again.close();
  });

  it("Redis: writes everything anew when it was away", async () => {
    const store = openRedis("lost");
    await store.load();
    store.put("a", "1");
    await redis.stop();
    store.put("b", "2");
    all.set("a", "1").set("b", "2");
    redis = await startRedis(redis.port);
    await until("all is there", async () => {
      const look = openRedis("lost");
      const found = await look.load().catch(() => new Map());
      await look.close();
      return found.size === 2;
    });
    await store.close();
  });

  it("Redis: says that it cannot be asked", async () => {
    const store = new RedisDialogStore({
      url: "redis://127.0.0.1:1",
      instance: "none",
      everything: () => all,
      clock: systemClock,
      log: silentLogger,
    });
    await assert.rejects(store.load());
    await store.close();
  });
});
