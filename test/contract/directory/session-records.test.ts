import assert from "node:assert/strict";
import { systemClock } from "../../../gateway/base/clock.ts";
import { silentLogger } from "../../../gateway/base/log.ts";
import { check } from "../../../gateway/config.ts";
import { MemorySessionRecords } from "../../../gateway/directory/memory/memory-session-records.ts";
import { RedisConnection } from "../../../gateway/directory/redis/connection.ts";
import { RedisSessionRecords } from "../../../gateway/directory/redis/redis-session-records.ts";
import type { SessionRecords } from "../../../gateway/directory/session-records.ts";
import { startRedis } from "../../support/redis-server.ts";
import { until } from "../../support/until.ts";

interface RecordsUnderTest {
  readonly records: SessionRecords;
  close(): Promise<unknown>;
}

async function openRedis(life: number): Promise<RecordsUnderTest> {
  const redis = await startRedis();
  const settings = check({ redis: { url: redis.url } }).redis;
  const connection = new RedisConnection({ settings, clock: systemClock, log: silentLogger });
  await connection.open();
  return {
    records: new RedisSessionRecords(connection, life),
    close: () => {
      connection.close();
      return redis.stop();
    },
  };
}

/** What every supplier of session records does. */
function describeRecords(supplier: string, open: () => Promise<RecordsUnderTest>): void {
  describe(`session records ${supplier}`, () => {
    const record = { node: "n1", user: "a.example/alice", state: { form: 1, groups: ["sales"] } };
    let store: RecordsUnderTest;

    beforeEach(async () => void (store = await open()));
    afterEach(() => store.close());

    it("keep what makes a session anew", async () => {
      assert.equal(await store.records.find("s"), undefined);
      assert.equal(await store.records.put("s", "n1", record), true);
      assert.deepEqual(await store.records.find("s"), record);
      assert.equal(await store.records.put("s", "n1", { ...record, state: 2 }), true);
      assert.deepEqual((await store.records.find("s"))?.state, 2);
    });

    it("are changed and removed by who has the session only", async () => {
      await store.records.put("s", "n1", record);
      assert.equal(await store.records.put("s", "n2", { ...record, node: "n2" }), false);
      await store.records.remove("s", "n2");
      assert.deepEqual(await store.records.find("s"), record);
      await store.records.remove("s", "n1");
      assert.equal(await store.records.find("s"), undefined);
    });

    it("give a session to one of several who claim it, and then to nobody on behalf of the first", async () => {
      await store.records.put("s", "n1", record);
      const claims = await Promise.all(["n2", "n3"].map((to) => store.records.claim("s", "n1", to)));
      assert.deepEqual(claims, [true, false]);
      assert.deepEqual(await store.records.find("s"), { ...record, node: "n2" });
      assert.equal(await store.records.put("s", "n1", record), false);
      assert.equal(await store.records.claim("none", "n1", "n2"), false);
    });

    it("keep sessions that wait for their page, for whoever comes first", async () => {
      await store.records.put("s", "n1", record);
      await store.records.put("s", "n1", { ...record, node: "" });
      assert.equal(await store.records.claim("s", "", "n2"), true);
    });

    it("tell which are not kept", async () => {
      await store.records.put("s", "n1", record);
      assert.deepEqual(await store.records.touch(["r", "s", "t"]), ["r", "t"]);
    });
  });
}

describeRecords("in memory", async () => ({ records: new MemorySessionRecords(), close: async () => {} }));
describeRecords("in Redis", () => openRedis(60_000));

describe("session records in Redis", () => {
  it("go by themselves unless they are touched", async () => {
    const { records, close } = await openRedis(400);
    const put = (id: string) => records.put(id, "n1", { node: "n1", user: "u", state: 1 });
    await Promise.all([put("left"), put("held")]);
    await until("one to go", async () => {
      await records.touch(["held"]);
      return !(await records.find("left"));
    });
    assert.ok(await records.find("held"));
    await close();
  });
});
