import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../../gateway/base/clock.ts";
import { silentLogger } from "../../../gateway/base/log.ts";
import { check } from "../../../gateway/config.ts";
import { PushKeyFile } from "../../../gateway/directory/file/push-key-file.ts";
import { MemoryPushKeys } from "../../../gateway/directory/memory/memory-push-keys.ts";
import type { PushKeys } from "../../../gateway/directory/push-keys.ts";
import { RedisConnection } from "../../../gateway/directory/redis/connection.ts";
import { RedisPushKeys } from "../../../gateway/directory/redis/redis-push-keys.ts";
import { makePushKeys } from "../../../gateway/push/pushes.ts";
import { startRedis, type RunningRedis } from "../../support/redis-server.ts";

describe("the keys by which push services know the gateway", function () {
  this.timeout(20_000);
  let server: RunningRedis;
  let redis: RedisConnection;
  let folder: string;

  before(async () => {
    server = await startRedis();
    const settings = check({ redis: { url: server.url } }).redis;
    redis = new RedisConnection({ settings, clock: systemClock, log: silentLogger });
    await redis.open();
  });
  after(async () => {
    redis.close();
    await server.stop();
  });
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "offhook-push-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Two processes that share them. */
  const suppliers: readonly [string, () => readonly [PushKeys, PushKeys]][] = [
    [
      "memory",
      () => {
        const keys = new MemoryPushKeys();
        return [keys, keys];
      },
    ],
    ["a file", () => [new PushKeyFile(join(folder, "keys.json")), new PushKeyFile(join(folder, "keys.json"))]],
    ["Redis", () => [new RedisPushKeys(redis), new RedisPushKeys(redis)]],
  ];

  for (const [name, open] of suppliers)
    it(`are made once in ${name}, whoever comes first, and kept`, async () => {
      const [one, two] = open();
      const pairs = await Promise.all([one, two, one, two].map((keys) => keys.pair(makePushKeys)));
      for (const pair of pairs) assert.deepEqual(pair, pairs[0]);
      assert.match(pairs[0]?.publicKey ?? "", /^[\w-]{87}$/);
      const never = (): never => assert.fail("made again");
      assert.deepEqual(await two.pair(never), pairs[0]);
    });

  it("in a file are nobody else's to read, and a file of another form is left alone", async () => {
    const path = join(folder, "keys.json");
    await new PushKeyFile(path).pair(makePushKeys);
    assert.deepEqual(readdirSync(folder), ["keys.json"]);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    writeFileSync(path, '{"publicKey":"short"}');
    await assert.rejects(new PushKeyFile(path).pair(makePushKeys));
  });
});
