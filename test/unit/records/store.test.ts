import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger, type Fields } from "../../../gateway/base/log.ts";
import { AttemptRate } from "../../../gateway/records/attempt-rate.ts";
import { Stories } from "../../../gateway/records/stories.ts";
import { StoryFiles } from "../../../gateway/records/story-files.ts";
import { StoryStore } from "../../../gateway/records/story-store.ts";
import { summaryOf } from "../../../gateway/records/view.ts";
import { sampleStory } from "../../support/story-sample.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const dayMs = 86_400_000;

describe("kept stories", () => {
  let folder: string;
  let clock: VirtualClock;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "offhook-stories-"));
    clock = new VirtualClock();
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const store = (options: Partial<ConstructorParameters<typeof StoryStore>[0]> = {}): StoryStore =>
    new StoryStore({
      files: new StoryFiles(folder),
      clock,
      log: silentLogger,
      keepDays: 14,
      maxBytes: 1e9,
      ...options,
    });

  const story = (reference: string, ageMs = 0) => ({
    ...sampleStory(),
    reference,
    startedAt: clock.now() - ageMs,
  });

  function add(to: StoryStore, reference: string, ageMs = 0): void {
    const one = story(reference, ageMs);
    to.add(summaryOf(one), one);
  }

  it("are written behind, for their owner only, and read by a later run", async () => {
    const first = store();
    add(first, "AAAAAA");
    assert.deepEqual(readdirSync(folder), [], "nobody waits for the disk");
    assert.equal((await first.read("AAAAAA"))?.reference, "AAAAAA", "read before it is written");
    await first.close();
    const [day = ""] = readdirSync(folder);
    assert.match(day, /^\d{4}-\d\d-\d\d$/);
    assert.equal(statSync(join(folder, day, "AAAAAA.json")).mode & 0o777, 0o600);
    const second = store();
    await second.load();
    assert.deepEqual([second.size, second.has("AAAAAA"), second.bytes], [1, true, first.bytes]);
    assert.deepEqual(await second.read("AAAAAA"), JSON.parse(JSON.stringify(story("AAAAAA"))));
    await second.close();
    assert.equal(clock.pending, 0);
  });

  it("go when they are too old", async () => {
    const first = store();
    add(first, "AAAAAA", 15 * dayMs);
    add(first, "BBBBBB", 13 * dayMs);
    add(first, "CCCCCC");
    await first.close();
    const second = store();
    await second.load();
    assert.deepEqual([second.has("AAAAAA"), second.has("BBBBBB"), second.has("CCCCCC")], [false, true, true]);
    assert.equal(readdirSync(folder).length, 2);
    clock.advance(2 * dayMs);
    await second.close();
    assert.deepEqual([second.has("BBBBBB"), second.has("CCCCCC")], [false, true]);
  });

  it("go when they are too many, the oldest first", async () => {
    const one = JSON.stringify(story("AAAAAA")).length;
    const kept = store({ maxBytes: 2.5 * one });
    for (const reference of ["AAAAAA", "BBBBBB", "CCCCCC", "DDDDDD"]) add(kept, reference);
    await kept.close();
    assert.deepEqual(
      [...kept.newest()].map(({ reference }) => reference),
      ["DDDDDD", "CCCCCC"],
    );
    assert.equal(await kept.read("AAAAAA"), undefined);
    const again = store();
    await again.load();
    assert.equal(again.size, 2);
    await again.close();
  });

  it("that the index lost are found by their files; what is broken is left alone", async () => {
    const first = store();
    add(first, "AAAAAA");
    await first.close();
    const [day = ""] = readdirSync(folder);
    writeFileSync(join(folder, day, "index.jsonl"), "broken\n");
    writeFileSync(join(folder, day, "BBBBBB.json"), "{");
    const second = store();
    await second.load();
    assert.equal(second.size, 2);
    assert.equal((await second.read("AAAAAA"))?.reference, "AAAAAA");
    assert.equal(await second.read("BBBBBB"), undefined);
    assert.equal(await second.read("../../AA"), undefined);
    await second.close();
  });

  it("a disk that fails loses stories, is told once, and stops nothing", async () => {
    const lines: (Fields | undefined)[] = [];
    const log = { ...silentLogger, warn: (_: string, fields?: Fields) => void lines.push(fields) };
    const broken = store({ files: new StoryFiles("/dev/null/stories"), log });
    add(broken, "AAAAAA");
    await broken.close();
    add(broken, "BBBBBB");
    await broken.close();
    assert.deepEqual([broken.lost, broken.size, broken.bytes, lines.length], [2, 0, 0, 1]);
  });

  it("a reference is given once", async () => {
    const kept = store();
    const stories = new Stories({ store: kept, clock, node: "n", keepDays: 14, lingerMs: 0 });
    const given = new Set(Array.from({ length: 500 }, () => stories.reference()));
    assert.equal(given.size, 500);
    await stories.close();
  });

  it("calls that are going on are in the list, and end with the gateway", async () => {
    const kept = store();
    const stories = new Stories({ store: kept, clock, node: "n", keepDays: 14, lingerMs: 2000 });
    const told: string[] = [];
    stories.on("kept", (code) => told.push(code));
    stories.begin("AAAAAA", { from: "alice@a.example", to: "+442079460958" });
    stories.begin("BBBBBB", { from: "bob@a.example", to: "600" });
    const { calls } = stories.list({ limit: 10, masked: true });
    assert.deepEqual(
      calls.map(({ reference, running, to }) => [reference, running, to]),
      [
        ["BBBBBB", true, "600"],
        ["AAAAAA", true, "+442•••••••58"],
      ],
    );
    assert.equal((await stories.read("bbb bbb", false))?.verdict.code, "running");
    await stories.close();
    assert.deepEqual([stories.open, stories.kept, told.length], [0, 2, 2]);
  });
});

describe("the rate of refused attempts", () => {
  it("lets an address have a few a minute, and all of them not many", () => {
    const clock = new VirtualClock();
    const rate = new AttemptRate(clock);
    const taken = (address: string, tries: number): number =>
      Array.from({ length: tries }, () => rate.take(address)).filter(Boolean).length;
    assert.equal(taken("192.0.2.1", 100), 5);
    assert.equal(taken("192.0.2.2", 1), 1);
    const others = Array.from({ length: 500 }, (_, index) => taken(`198.51.100.${index}`, 3));
    assert.equal(
      others.reduce((sum, one) => sum + one, 0),
      54,
    );
    clock.advance(60_000);
    assert.equal(taken("192.0.2.1", 100), 5);
  });
});
