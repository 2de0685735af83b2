import assert from "node:assert/strict";
import type { Binding } from "../../../gateway/directory/registrations.ts";
import { MemoryRegistrations } from "../../../gateway/directory/memory/memory-registrations.ts";
import type { UserId } from "../../../gateway/directory/user-id.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const alice: UserId = { domain: "a.example", name: "alice" };
const namesake: UserId = { domain: "b.example", name: "alice" };

function stage() {
  const clock = new VirtualClock();
  const registrations = new MemoryRegistrations(clock);
  const changed: UserId[] = [];
  registrations.on("changed", (user) => changed.push(user));
  const binding = (contact: string, more: Partial<Binding> = {}): Binding => ({
    contact,
    address: "192.0.2.7",
    port: 5060,
    transport: "udp",
    callId: "c",
    cseq: 1,
    q: 1,
    expiresAt: clock.now() + 60_000,
    ...more,
  });
  const contacts = async (user: UserId): Promise<string[]> =>
    (await registrations.list(user)).map((one) => one.contact);
  return { clock, registrations, changed, binding, contacts };
}

describe("registrations in memory", () => {
  it("list the best contact first", async () => {
    const { registrations, binding, contacts } = stage();
    await registrations.put(alice, binding("sip:low@192.0.2.7", { q: 0.1 }));
    await registrations.put(alice, binding("sip:high@192.0.2.7", { q: 0.9 }));
    assert.deepEqual(await contacts(alice), ["sip:high@192.0.2.7", "sip:low@192.0.2.7"]);
  });

  it("are refreshed without a word, and then live on", async () => {
    const { clock, registrations, changed, binding, contacts } = stage();
    await registrations.put(alice, binding("sip:1@192.0.2.7"));
    clock.advance(50_000);
    await registrations.put(alice, binding("sip:1@192.0.2.7"));
    clock.advance(59_999);
    assert.deepEqual(await contacts(alice), ["sip:1@192.0.2.7"]);
    assert.equal(changed.length, 1);
    assert.equal(clock.pending, 1);
  });

  it("are told when they come, expire and go", async () => {
    const { clock, registrations, changed, binding, contacts } = stage();
    await registrations.put(alice, binding("sip:1@192.0.2.7"));
    clock.advance(60_000);
    assert.deepEqual(await contacts(alice), []);
    await registrations.put(alice, binding("sip:2@192.0.2.7"));
    await registrations.remove(alice, "sip:2@192.0.2.7");
    await registrations.remove(alice, "sip:2@192.0.2.7");
    assert.deepEqual(changed, [alice, alice, alice, alice]);
    assert.deepEqual([registrations.size, clock.pending], [0, 0]);
  });

  it("of one domain are not seen from another", async () => {
    const { registrations, binding, contacts } = stage();
    await registrations.put(alice, binding("sip:1@192.0.2.7"));
    assert.deepEqual(await contacts(namesake), []);
    await registrations.remove(namesake, "sip:1@192.0.2.7");
    assert.deepEqual(await contacts(alice), ["sip:1@192.0.2.7"]);
    assert.deepEqual(await registrations.online("a.example"), [{ user: alice, phones: 1 }]);
    assert.deepEqual(await registrations.online("b.example"), []);
  });

  it("are all forgotten, with their timers, when the process stops", async () => {
    const { clock, registrations, changed, binding } = stage();
    await registrations.put(alice, binding("sip:1@192.0.2.7"));
    registrations.close();
    clock.advance(60_000);
    assert.deepEqual([registrations.size, clock.pending, changed.length], [0, 0, 1]);
  });
});
