import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "../../../gateway/base/log.ts";
import type { BoardEntry } from "../../../gateway/directory/board-journal.ts";
import type { BoardLimits } from "../../../gateway/directory/boards.ts";
import { JournalFiles } from "../../../gateway/directory/file/journal-files.ts";
import { MemoryBoards } from "../../../gateway/directory/memory/memory-boards.ts";
import { systemClock } from "../../../gateway/base/clock.ts";
import { check } from "../../../gateway/config.ts";
import { RedisConnection } from "../../../gateway/directory/redis/connection.ts";
import { RedisBoards } from "../../../gateway/directory/redis/redis-boards.ts";
import { startRedis, type RunningRedis } from "../../support/redis-server.ts";
import { describeBoards, type Shape, type TestBoards } from "./boards-contract.ts";

async function openFiles(folder: string, limits: BoardLimits, now: () => number): Promise<TestBoards> {
  const files = new JournalFiles<BoardEntry<Shape, string>>(folder, silentLogger);
  const boards = new MemoryBoards<Shape, string>(limits, now, files);
  await files.load((key, entries) => boards.restore(key, entries));
  return boards;
}

describeBoards("in memory", async (limits, now) => ({
  boards: new MemoryBoards(limits, now),
  close: async () => {},
}));

describeBoards("in files", async (limits, now) => {
  const folder = await mkdtemp(join(tmpdir(), "offhook-boards-"));
  return {
    boards: await openFiles(folder, limits, now),
    reopen: () => openFiles(folder, limits, now),
    close: () => rm(folder, { recursive: true }),
  };
});

describe("boards", function () {
  this.timeout(20_000);
  let server: RunningRedis;
  let redis: RedisConnection;

  before(async () => {
    server = await startRedis();
    redis = new RedisConnection({
      settings: check({ redis: { url: server.url } }).redis,
      clock: systemClock,
      log: silentLogger,
    });
    await redis.open();
  });
  beforeEach(() => server.command("FLUSHALL"));
  after(async () => {
    redis.close();
    await server.stop();
  });

  describeBoards("in Redis", async (limits, now) => ({
    boards: new RedisBoards(redis, limits, now),
    reopen: async () => new RedisBoards<Shape, string>(redis, limits, now),
    close: async () => {},
  }));

  it("in Redis are changed by several nodes at once: each change once, and all see the same", async () => {
    const limits = { elements: 500, bytes: 20_000, age: 1_000_000 };
    const open = (): TestBoards => new RedisBoards<Shape, string>(redis, limits, () => 1_000);
    const nodes = [open(), open(), open()];
    const key = "a.example/b1";
    await nodes[0]?.settle(key, () => ({ name: "Plan", members: [{ user: "alice@a.example", role: "owner" }] }));
    const drawn = await Promise.all(
      nodes.flatMap((boards, node) =>
        Array.from({ length: 60 }, (_, index) =>
          boards.draw(key, { drawId: `${node}-${index}`, put: [{ elementId: `${node}-${index % 20}` }], remove: [] }),
        ),
      ),
    );
    const numbers = drawn.map((one) => (typeof one === "object" ? one.number : 0)).sort((a, b) => a - b);
    assert.deepEqual(
      numbers,
      Array.from({ length: 180 }, (_, index) => index + 1),
    );
    const parts = await Promise.all([...nodes, open()].map((boards) => boards.read(key, 0, 1_000_000)));
    assert.equal(parts[0]?.put.length, 60);
    for (const part of parts) assert.deepEqual(part, parts[0]);
  });
});
