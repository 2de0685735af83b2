import assert from "node:assert/strict";
import { MemoryBus, MemoryHub } from "../../../gateway/directory/memory/memory-bus.ts";
import { leaseMs, Nodes } from "../../../gateway/directory/nodes.ts";
import type { Carried } from "../../../gateway/messaging/carrier.ts";
import { FarPhones } from "../../../gateway/sip/far-phones.ts";
import { settled } from "../../support/settled.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const bob = { domain: "a.example", name: "bob" };
const message = { id: "k 1", from: { domain: "a.example", name: "alice" }, text: "hi", at: 0 };
const patience = 30_000;

class Stage {
  readonly clock = new VirtualClock();
  readonly hub = new MemoryHub();
  readonly given: string[] = [];
  /** What the phones say. */
  said: Carried | undefined = "delivered";
  readonly #ends: (() => void)[] = [];

  node(server: string) {
    const bus = new MemoryBus(this.hub);
    const nodes = new Nodes(bus, this.clock, server);
    const phones = new FarPhones({
      bus,
      nodes,
      clock: this.clock,
      patience,
      here: (_to, contact, { text }) => {
        this.given.push(`${server} ${contact} ${text}`);
        return this.said ? Promise.resolve(this.said) : new Promise(() => {});
      },
    });
    this.#ends.push(() => {
      phones.close();
      nodes.leave();
      bus.close();
    });
    return { bus, nodes, phones };
  }

  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 500) {
      this.clock.advance(500);
      await settled();
    }
  }

  end(): void {
    for (const end of this.#ends) end();
    assert.equal(this.clock.pending, 0, "timers");
  }
}

describe("messages for softphones of other nodes", () => {
  it("are given to the node of their SIP server, and its answer comes back", async () => {
    const stage = new Stage();
    const one = stage.node("s1");
    stage.node("s2");
    stage.node("s3");
    await stage.pass(1000);
    for (const said of ["delivered", "refused", "failed", "absent"] as const) {
      stage.said = said;
      assert.equal(await one.phones.deliver("s2", bob, "sip:bob@192.0.2.7", message), said);
    }
    assert.deepEqual([...new Set(stage.given)], ["s2 sip:bob@192.0.2.7 hi"]);
    assert.equal(stage.given.length, 4);
    stage.end();
  });

  it("find nobody where no node has that SIP server, or it dies, or never answers", async () => {
    const stage = new Stage();
    const [one, other] = [stage.node("s1"), stage.node("s2")];
    await stage.pass(1000);
    assert.equal(await one.phones.deliver("s9", bob, "sip:bob@192.0.2.7", message), "absent");
    stage.said = undefined;
    const slow = one.phones.deliver("s2", bob, "sip:bob@192.0.2.7", message);
    await stage.pass(patience);
    assert.equal(await slow, "failed");
    const dies = one.phones.deliver("s2", bob, "sip:bob@192.0.2.7", message);
    other.bus.isUp = false;
    await stage.pass(leaseMs + 1000);
    assert.equal(await dies, "failed");
    stage.end();
  });

  it("are asked for again when the question was lost", async () => {
    const stage = new Stage();
    const [one, other] = [stage.node("s1"), stage.node("s2")];
    await stage.pass(1000);
    other.bus.isUp = false;
    const carried = one.phones.deliver("s2", bob, "sip:bob@192.0.2.7", message);
    await settled();
    other.bus.isUp = true;
    await stage.pass(2500);
    assert.equal(await carried, "delivered");
    stage.end();
  });
});
