import assert from "node:assert/strict";
import { LiveObject } from "../../../webclient/live.ts";

class Counter extends LiveObject<{ count: number; name: string }, { tick: number; tock: string }> {
  constructor() {
    super({ count: 0, name: "a" });
  }

  count(count: number): boolean {
    return this.update({ count });
  }

  tick(value: number): void {
    this.emit("tick", value);
  }

  end(): void {
    this.finish();
  }
}

describe("LiveObject", () => {
  it("gives the same frozen view until something changes", () => {
    const counter = new Counter();
    const before = counter.view();
    assert.ok(Object.isFrozen(before));
    assert.equal(counter.count(0), false);
    assert.equal(counter.view(), before);
    assert.equal(counter.count(1), true);
    assert.notEqual(counter.view(), before);
    assert.deepEqual(counter.view(), { count: 1, name: "a" });
    assert.equal(before.count, 0);
  });

  it("works as a store whose functions are handed on without it", () => {
    const counter = new Counter();
    const { subscribe, view } = counter;
    const seen: number[] = [];
    const off = subscribe(() => seen.push(view().count));
    counter.count(1);
    counter.count(1);
    counter.count(2);
    off();
    counter.count(3);
    assert.deepEqual(seen, [1, 2]);
  });

  it("ends a listener by what on() returned", () => {
    const counter = new Counter();
    const seen: number[] = [];
    const off = counter.on("tick", (value) => seen.push(value));
    counter.tick(1);
    off();
    counter.tick(2);
    assert.deepEqual(seen, [1]);
  });

  it("waits for the next event, once", async () => {
    const counter = new Counter();
    const next = counter.next("tick");
    counter.tick(1);
    counter.tick(2);
    assert.equal(await next, 1);
  });

  it("gives up waiting by the signal, or when the object ends", async () => {
    const counter = new Counter();
    const abort = new AbortController();
    const aborted = counter.next("tick", { signal: abort.signal });
    abort.abort();
    await assert.rejects(aborted, { code: "aborted" });
    await assert.rejects(counter.next("tick", { signal: abort.signal }), { code: "aborted" });
    const orphaned = counter.next("tock");
    counter.end();
    await assert.rejects(orphaned, { code: "aborted" });
  });
});
