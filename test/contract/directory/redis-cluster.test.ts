import assert from "node:assert/strict";
import { systemClock } from "../../../gateway/base/clock.ts";
import { silentLogger } from "../../../gateway/base/log.ts";
import { check } from "../../../gateway/config.ts";
import type { Topic } from "../../../gateway/directory/bus.ts";
import type { Piece } from "../../../gateway/directory/boards.ts";
import { RedisBoards } from "../../../gateway/directory/redis/redis-boards.ts";
import { StoredBindings } from "../../../gateway/directory/redis/stored-bindings.ts";
import { RedisBus } from "../../../gateway/directory/redis/redis-bus.ts";
import { RedisConnection } from "../../../gateway/directory/redis/connection.ts";
import { startRedisCluster, type RunningRedisCluster } from "../../support/redis-cluster.ts";
import { until } from "../../support/until.ts";

const topicOf = (name: string): Topic<number> => ({
  name,
  is: (value): value is number => typeof value === "number",
});

describe("over a Redis Cluster", function () {
  this.timeout(60_000);
  let cluster: RunningRedisCluster;
  const undo: (() => unknown)[] = [];

  before(async () => void (cluster = await startRedisCluster()));
  after(async () => {
    for (const step of undo.splice(0).reverse()) await step();
    await cluster.stop();
  });

  async function open(): Promise<RedisConnection> {
    const settings = check({ redis: { cluster: [...cluster.nodes] } }).redis;
    const connection = new RedisConnection({ settings, clock: systemClock, log: silentLogger });
    undo.push(() => connection.close());
    await connection.open();
    await until("the Cluster", () => connection.isUp);
    return connection;
  }

  async function join(): Promise<RedisBus> {
    const connection = await open();
    const bus = new RedisBus({ connection, clock: systemClock, log: silentLogger, lost: () => {} });
    undo.push(() => bus.close());
    await until("the bus", () => bus.isUp);
    return bus;
  }

  it("the bus tells every publication once and in order, and knows whether others take it", async () => {
    const buses = await Promise.all([join(), join(), join()]);
    const topics = [topicOf("numbers"), topicOf("others")];
    const heard = buses.map((): number[] => []);
    for (const [index, bus] of buses.entries())
      for (const topic of topics) await bus.subscribe(topic, (value) => heard[index]?.push(value)).ready;
    const [first] = buses;
    assert.ok(first);
    const count = 2_000;
    for (let value = 0; value < count; value++) first.publish(topics[value % 2] ?? topicOf(""), value);
    await until("all", () => heard.every((values) => values.length >= count), 10_000).catch(() => {});
    for (const values of heard)
      assert.deepEqual(
        values,
        Array.from({ length: count }, (_, index) => index),
      );
    for (const bus of buses) assert.equal(await bus.send(topics[0] ?? topicOf(""), -1), 2);
    assert.equal(await first.send(topicOf("nobody"), 1), 0);
  });

  it("bindings and boards of many users lie wherever, and are found", async () => {
    const connection = await open();
    const parts = { connection, clock: systemClock, log: silentLogger };
    const [mine, theirs] = ["s1", "s2"].map((server) => new StoredBindings({ ...parts, server }));
    const boards = new RedisBoards<Piece, string>(connection, { elements: 9, bytes: 999, age: 60_000 }, Date.now);
    const users = Array.from({ length: 20 }, (_, index) => ({ domain: "a.example", name: `u${index}` }));
    const expiresAt = Date.now() + 60_000;
    const phone = { address: "192.0.2.7", port: 5060, transport: "udp", callId: "c", cseq: 1, q: 1, expiresAt };
    for (const user of users) {
      await mine?.write(user, [{ contact: `sip:${user.name}@192.0.2.7`, ...phone }]);
      const owner = { user: `${user.name}@a.example`, role: "owner" } as const;
      await boards.settle(`a.example/${user.name}`, () => ({ name: user.name, members: [owner] }));
      await boards.draw(`a.example/${user.name}`, { drawId: "d", put: [{ elementId: "e" }], remove: [] });
    }
    assert.equal((await theirs?.users("a.example"))?.length, users.length);
    for (const user of users) {
      assert.equal((await theirs?.read(user))?.far[0]?.server, "s1");
      assert.deepEqual(
        (await boards.of(user)).map(({ name }) => name),
        [user.name],
      );
    }
    await new RedisBoards<Piece, string>(connection, { elements: 9, bytes: 999, age: -1 }, Date.now).prune();
    for (const user of users) assert.deepEqual(await boards.of(user), []);
  });
});
