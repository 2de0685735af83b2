import assert from "node:assert/strict";
import { Emitter, reportListenerFaults } from "../../../gateway/base/emitter.ts";

interface Events {
  rang: [times: number];
  stopped: [];
}

describe("an emitter", () => {
  afterEach(() => reportListenerFaults(() => {}));

  it("tells each listener, in order, until it is taken off", () => {
    const emitter = new Emitter<Events>();
    const seen: string[] = [];
    const off = emitter.on("rang", (times) => seen.push(`a${times}`));
    emitter.on("rang", (times) => seen.push(`b${times}`));
    emitter.emit("rang", 1);
    off();
    off();
    emitter.emit("rang", 2);
    emitter.emit("stopped");
    assert.deepEqual(seen, ["a1", "b1", "b2"]);
  });

  it("tells a once listener once", () => {
    const emitter = new Emitter<Events>();
    const seen: number[] = [];
    emitter.once("rang", (times) => {
      seen.push(times);
      emitter.emit("rang", times + 1);
    });
    emitter.emit("rang", 1);
    assert.deepEqual(seen, [1]);
    assert.equal(emitter.listenerCount("rang"), 0);
  });

  it("shields emitter and other listeners from one that throws, and reports it", () => {
    const emitter = new Emitter<Events>();
    const faults: unknown[] = [];
    const seen: number[] = [];
    reportListenerFaults((fault) => faults.push((fault as Error).message));
    emitter.on("rang", () => {
      throw new Error("broken listener");
    });
    emitter.on("rang", (times) => seen.push(times));
    emitter.emit("rang", 7);
    assert.deepEqual([seen, faults], [[7], ["broken listener"]]);
  });

  it("leaves a listener that is added during an event out of that event", () => {
    const emitter = new Emitter<Events>();
    let late = 0;
    emitter.once("rang", () => void emitter.on("rang", () => (late += 1)));
    emitter.emit("rang", 1);
    assert.equal(late, 0);
    emitter.emit("rang", 2);
    assert.equal(late, 1);
  });

  it("forgets all listeners at once", () => {
    const emitter = new Emitter<Events>();
    emitter.on("rang", () => assert.fail());
    emitter.on("stopped", () => assert.fail());
    emitter.removeAllListeners();
    emitter.emit("rang", 1);
    emitter.emit("stopped");
  });
});
