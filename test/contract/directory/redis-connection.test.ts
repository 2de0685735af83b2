import assert from "node:assert/strict";
import { systemClock } from "../../../gateway/base/clock.ts";
import { silentLogger } from "../../../gateway/base/log.ts";
import { check } from "../../../gateway/config.ts";
import { RedisConnection } from "../../../gateway/directory/redis/connection.ts";
import { StoreError } from "../../../gateway/directory/store-error.ts";
import { CuttingProxy } from "../../support/cutting-proxy.ts";
import { startSentinel } from "../../support/redis-cluster.ts";
import { startRedis, type RunningRedis } from "../../support/redis-server.ts";
import { until } from "../../support/until.ts";

const timeout = 500;

describe("the connection to Redis", function () {
  this.timeout(60_000);
  let redis: RunningRedis & { readonly port: number };
  let connection: RedisConnection;
  let failed: string[];

  const open = async (which: string | object): Promise<void> => {
    const { redis: settings } = check({ redis: { ...(typeof which === "string" ? { url: which } : which), timeout } });
    const parts = { settings, clock: systemClock, log: silentLogger, failed: (code: string) => void failed.push(code) };
    await (connection = new RedisConnection(parts)).open();
  };
  const set = (key: string, value = "1") => connection.run("a test", (client) => client.set(key, value));
  const fails = (code: string) => (fault: unknown) => fault instanceof StoreError && fault.code === code;

  beforeEach(async () => {
    failed = [];
    redis = await startRedis();
  });
  afterEach(async () => {
    connection.close();
    await redis.stop();
  });

  it("fails at once while Redis is away, and is back by itself", async () => {
    await open(redis.url);
    assert.equal(await set("a"), "OK");
    await redis.stop();
    await until("down", () => !connection.isUp);
    const before = performance.now();
    await assert.rejects(set("a"), fails("away"));
    assert.ok(performance.now() - before < timeout / 2);
    redis = await startRedis(redis.port);
    await until("up", () => connection.isUp);
    assert.equal(await set("a"), "OK");
    assert.deepEqual(failed, ["away"]);
  });

  it("opens without Redis, and finds it later", async () => {
    await redis.stop();
    await open(redis.url);
    assert.equal(connection.isUp, false);
    redis = await startRedis(redis.port);
    await until("up", () => connection.isUp);
  });

  it("finds out that the network was cut, also when nobody asks anything", async () => {
    const proxy = await CuttingProxy.open(redis.port);
    await open(`redis://127.0.0.1:${proxy.port}`);
    proxy.freeze();
    await until("down", () => !connection.isUp);
    await until("up by another connection", () => connection.isUp);
    proxy.freeze();
    await assert.rejects(set("a"), fails("away"));
    connection.close();
    await proxy.close();
  });

  it("tells a full Redis from one that is away, and from a wrong command", async () => {
    await open(redis.url);
    await set("a");
    await connection.run("a test", (client) => client.config("SET", "maxmemory", "1"));
    await assert.rejects(set("b"), fails("full"));
    assert.equal(await connection.run("a test", (client) => client.get("a")), "1");
    await assert.rejects(
      connection.run("a test", (client) => client.hget("a", "x")),
      (fault) => fault instanceof Error && !(fault instanceof StoreError),
    );
    assert.deepEqual(failed, ["full"]);
  });

  it("follows the master that a Sentinel names, to another one when that is gone", async () => {
    const replica = await startRedis(undefined, { settings: ["--replicaof", "127.0.0.1", String(redis.port)] });
    const sentinel = await startSentinel(redis.port);
    await open({ sentinels: [sentinel.address], master: "mymaster" });
    await set("a", "before");
    await until("the replica has it", async () => (await replica.command("GET", "a")).trim() === "before", 10_000);
    await until("the Sentinel knows the replica", () => sentinel.knowsReplica(), 15_000);
    await redis.stop();
    const written = () => set("a", "after").catch(() => undefined);
    await until("the other one is master", async () => (await written()) === "OK", 20_000);
    assert.equal((await replica.command("GET", "a")).trim(), "after");
    await sentinel.stop();
    await replica.stop();
  });

  it("subscribes anew when Redis is back", async () => {
    await open(redis.url);
    const heard: string[] = [];
    const subscriber = connection.subscriber();
    subscriber.on("message", (_channel: string, text: string) => heard.push(text));
    await until("subscribed", () => subscriber.status === "ready");
    await subscriber.subscribe("news");
    await redis.stop();
    await until("down", () => !connection.isUp);
    redis = await startRedis(redis.port);
    const say = () => connection.run("a test", (client) => client.publish("news", "x")).catch(() => 0);
    await until("somebody listens again", async () => (await say()) === 1, 10_000);
    await until("it is heard", () => heard.length === 1);
  });
});
