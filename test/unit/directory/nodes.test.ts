import assert from "node:assert/strict";
import { MemoryBus, MemoryHub } from "../../../gateway/directory/memory/memory-bus.ts";
import { leaseMs, Nodes } from "../../../gateway/directory/nodes.ts";
import { settled } from "../../support/settled.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

describe("nodes", () => {
  const clock = new VirtualClock();
  let hub: MemoryHub;
  let open: { readonly bus: MemoryBus; readonly nodes: Nodes }[];

  beforeEach(() => {
    hub = new MemoryHub();
    open = [];
  });
  afterEach(() => {
    for (const { nodes, bus } of open) {
      nodes.leave();
      bus.close();
    }
    assert.equal(clock.pending, 0, "timers");
  });

  async function join() {
    const bus = new MemoryBus(hub);
    const nodes = new Nodes(bus, clock);
    const events: string[] = [];
    nodes.on("joined", (node) => events.push(`+${node}`));
    nodes.on("gone", (node) => events.push(`-${node}`));
    const node = { bus, nodes, events, id: bus.node };
    open.push(node);
    await settled();
    return node;
  }

  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 500) {
      clock.advance(500);
      await settled();
    }
  };

  it("know each other at once, and for as long as they are there", async () => {
    const [one, two] = [await join(), await join()];
    assert.deepEqual([one.events, two.events], [[`+${two.id}`], [`+${one.id}`]]);
    await pass(30_000);
    assert.deepEqual([one.nodes.others, two.events.length], [[two.id], 1]);
  });

  it("are gone at once when they say so, and after their lease when they say nothing", async () => {
    const [one, leaving, silent] = [await join(), await join(), await join()];
    leaving.nodes.leave();
    await settled();
    assert.deepEqual(one.nodes.others, [silent.id]);
    silent.bus.isUp = false;
    await pass(leaseMs - 1_000);
    assert.deepEqual(one.nodes.others, [silent.id]);
    await pass(2_000);
    assert.deepEqual(one.events.slice(2), [`-${leaving.id}`, `-${silent.id}`]);
    silent.bus.isUp = true;
    await pass(1_000);
    assert.deepEqual(one.nodes.others, [silent.id]);
  });

  it("judge nobody while they hear nobody", async () => {
    const [one, two] = [await join(), await join()];
    one.bus.isUp = false;
    await pass(60_000);
    assert.deepEqual(one.nodes.others, [two.id]);
    one.bus.isUp = true;
    await pass(1_000);
    assert.deepEqual([one.nodes.others, one.events.length], [[two.id], 1]);
    assert.deepEqual(two.events.slice(1), [`-${one.id}`, `+${one.id}`]);
  });
});
