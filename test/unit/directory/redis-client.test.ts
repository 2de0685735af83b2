import assert from "node:assert/strict";
import { Cluster, Redis } from "ioredis";
import { check } from "../../../gateway/config.ts";
import { clientOf, isConfigured } from "../../../gateway/directory/redis/client.ts";

const settings = (redis: object) => check({ redis }).redis;

describe("the Redis that settings name", () => {
  it("is none without settings", () => assert.equal(isConfigured(settings({})), false));

  it("is one server, by its address", () => {
    const client = clientOf(settings({ url: "rediss://me:secret@a.example:7000/3" }));
    assert.ok(client instanceof Redis);
    const { host, port, username, password, db, tls } = client.options;
    assert.deepEqual([host, port, username, password, db, tls], ["a.example", 7000, "me", "secret", 3, true]);
  });

  it("is the master that Sentinels know", () => {
    const given = { sentinels: ["a.example:26379", "[::1]:26380"], master: "main", sentinelPassword: "s", tls: true };
    const client = clientOf(settings({ ...given, user: "me", password: "secret" }));
    assert.ok(client instanceof Redis);
    const { options } = client;
    assert.deepEqual(options.sentinels, [
      { host: "a.example", port: 26_379 },
      { host: "::1", port: 26_380 },
    ]);
    assert.deepEqual(
      [options.name, options.sentinelPassword, options.username, options.password],
      ["main", "s", "me", "secret"],
    );
    assert.deepEqual([options.enableTLSForSentinelMode, options.tls, options.sentinelTLS], [true, {}, {}]);
  });

  it("is a Cluster, found by some of its nodes", () => {
    const client = clientOf(settings({ cluster: ["a.example", "b.example:7001"], password: "secret" }));
    assert.ok(client instanceof Cluster);
    assert.equal(client.options.redisOptions?.password, "secret");
    assert.equal(client.options.redisOptions?.tls, undefined);
  });

  it("keeps no command for later, and sends none twice", () => {
    for (const redis of [{ url: "redis://a.example" }, { sentinels: ["a.example"] }]) {
      const client = clientOf(settings(redis));
      assert.ok(client instanceof Redis);
      assert.deepEqual([client.options.enableOfflineQueue, client.options.maxRetriesPerRequest], [false, 0]);
    }
  });
});
