import assert from "node:assert/strict";
import { systemClock } from "../../../gateway/base/clock.ts";
import { silentLogger } from "../../../gateway/base/log.ts";
import { check } from "../../../gateway/config.ts";
import type { Account } from "../../../gateway/directory/accounts.ts";
import { MemoryAccounts } from "../../../gateway/directory/memory/memory-accounts.ts";
import { RedisConnection } from "../../../gateway/directory/redis/connection.ts";
import { RedisAccounts } from "../../../gateway/directory/redis/redis-accounts.ts";
import { RedisBus } from "../../../gateway/directory/redis/redis-bus.ts";
import { StoreError } from "../../../gateway/directory/store-error.ts";
import { describeAccounts } from "../../support/accounts-contract.ts";
import { startRedis, type RunningRedis } from "../../support/redis-server.ts";
import { until } from "../../support/until.ts";

const newcomer: Account = { id: { domain: "a.example", name: "newcomer" }, name: "One" };

describeAccounts("in memory", async (domains, accounts) => new MemoryAccounts(domains, accounts));

describe("accounts that nodes share", function () {
  this.timeout(20_000);
  let server: RunningRedis & { readonly port: number };
  let redis: RedisConnection;
  const opened: { close(): void }[] = [];

  before(async () => {
    server = await startRedis();
    const settings = check({ redis: { url: server.url, timeout: 500 } }).redis;
    redis = new RedisConnection({ settings, clock: systemClock, log: silentLogger });
    await redis.open();
  });
  afterEach(() => opened.splice(0).forEach((one) => one.close()));
  after(async () => {
    redis.close();
    await server.stop();
  });

  const open = async (domains: readonly string[], accounts: readonly Account[]): Promise<RedisAccounts> => {
    const made = new RedisAccounts(redis, silentLogger, domains, accounts);
    await made.restore();
    return made;
  };
  const node = async (): Promise<RedisAccounts> => {
    const bus = new RedisBus({ connection: redis, clock: systemClock, log: silentLogger, lost: () => {} });
    const accounts = await open(["a.example"], []);
    opened.push(accounts.follow(bus), bus);
    return accounts;
  };

  describeAccounts("in Redis", async (domains, accounts) => {
    await server.command("FLUSHALL");
    return open(domains, accounts);
  });

  describe("in Redis, at two nodes", () => {
    before(() => server.command("FLUSHALL"));

    it("are added once, are known at the other node, and go there too", async () => {
      const [one, two] = [await node(), await node()];
      const added = await Promise.all([one.add(newcomer), two.add({ ...newcomer, name: "Two" })]);
      assert.deepEqual(added.sort(), [false, true]);
      assert.deepEqual(await one.find(newcomer.id), await two.find(newcomer.id));
      const later = { id: { domain: "a.example", name: "later" } };
      await one.add(later);
      await until("the other node", async () => (await two.find(later.id)) !== undefined);
      assert.deepEqual(await (await node()).find(later.id), later);
      assert.equal(await two.remove(newcomer.id), true);
      await until("it is gone", async () => (await one.find(newcomer.id)) === undefined);
    });

    it("are still known while Redis is away, and nobody is added", async () => {
      const accounts = await open(["a.example"], []);
      assert.equal(await accounts.add(newcomer), true);
      await server.stop();
      assert.deepEqual(await accounts.find(newcomer.id), newcomer);
      assert.equal(await accounts.find({ domain: "a.example", name: "other" }), undefined);
      await assert.rejects(accounts.add({ id: { domain: "a.example", name: "new" } }), StoreError);
      server = await startRedis(server.port);
      await until("Redis is back", () => redis.isUp, 10_000);
      await accounts.restore();
    });
  });
});
