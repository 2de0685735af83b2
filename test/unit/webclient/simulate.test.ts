import assert from "node:assert/strict";
import { connect, type Call, type Session } from "../../../webclient/index.ts";
import { Simulation, type FarCall, type SimulationOptions } from "../../../webclient/simulate/index.ts";
import { turns } from "../../support/fake-platform.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

/** The library on a simulation whose clock the test turns. */
async function stage(options: SimulationOptions = {}) {
  const clock = new VirtualClock();
  const simulation = new Simulation({ clock, ...options });
  const session = await connect({ platform: simulation });
  const calls: FarCall[] = [];
  simulation.on("call", (call) => calls.push(call));
  const pass = async (ms: number): Promise<void> => {
    await turns();
    clock.advance(ms);
    await turns();
  };
  return { clock, simulation, session, calls, pass };
}

const states = (call: Call): string[] => {
  const seen: string[] = [call.view().state];
  call.on("state", ({ state }) => void (seen.at(-1) !== state && seen.push(state)));
  return seen;
};

async function ended(session: Session, pass: (ms: number) => Promise<void>, target: string): Promise<string> {
  const call = await session.call(target);
  await pass(10);
  await pass(10);
  return (await call.ended).reason;
}

describe("the simulation", () => {
  it("signs in, and tells who is there", async () => {
    const { session } = await stage({ user: "ann@simulated.test", name: "Ann" });
    await turns();
    const { user, name, state } = session.view();
    assert.deepEqual([user, name, state], ["ann@simulated.test", "Ann", "connected"]);
    assert.deepEqual(
      session.presence.view().contacts.map((contact) => contact.name),
      ["Bob"],
    );
  });

  it("rings and answers, echoes digits, and is hung up on", async () => {
    const { session, calls, pass } = await stage();
    const call = await session.call("user:bob@simulated.test");
    const seen = states(call);
    const digits: string[] = [];
    call.on("digits", (digit) => digits.push(digit));
    await pass(10);
    await pass(10);
    assert.deepEqual([seen, call.view().peer.name], [["dialing", "ringing", "connected"], "Bob"]);
    await call.sendDigits("12#");
    await turns();
    assert.deepEqual(digits, ["1", "2", "#"]);
    await pass(1000);
    await call.end();
    assert.deepEqual([calls[0]?.state, call.view().end?.durationMs], ["ended", 1000]);
  });

  it("hangs up, presses keys and puts on hold when the test says so", async () => {
    const { session, simulation, calls, pass } = await stage({ rule: () => ({ then: "wait" }) });
    const call = await session.call("+33186260010");
    const digits: string[] = [];
    call.on("digits", (digit) => digits.push(digit));
    await pass(10);
    const [far] = calls;
    assert.ok(far);
    assert.equal(call.view().state, "ringing");
    const problems: string[] = [];
    call.on("problem", ({ code }) => problems.push(code));
    await pass(5_000);
    assert.deepEqual(problems, [], "while it rings for long");
    far.answer();
    far.press("5*");
    far.hold();
    await turns();
    assert.deepEqual([call.view().state, call.view().hold.remote, digits], ["connected", true, ["5", "*"]]);
    far.end();
    const end = await call.ended;
    assert.deepEqual([end.by, end.reason, end.reference], ["remote", "normal", far.reference]);
    assert.equal(simulation.listenerCount("call"), 1);
  });

  for (const reason of ["busy", "declined", "no-answer", "not-found", "media-failed", "overload"]) {
    it(`ends a call to somebody called ${reason} for that reason`, async () => {
      const { session, pass } = await stage();
      assert.equal(await ended(session, pass, `user:${reason}@simulated.test`), reason);
    });
  }

  it("calls in; the page answers, or declines", async () => {
    const { session, simulation } = await stage();
    const heard: string[] = [];
    session.on("incoming", (call) => heard.push(`${call.view().peer.name} ${JSON.stringify(call.data)}`));
    const coming = session.next("incoming");
    const far = simulation.callIn({ from: { tel: "+33612345678" }, name: "Zoé", data: { ticket: 7 } });
    const call = await coming;
    await call.answer();
    await turns();
    assert.deepEqual([heard, far.state, call.view().state], [['Zoé {"ticket":7}'], "connected", "connected"]);
    far.end();
    assert.equal((await call.ended).by, "remote");

    const second = simulation.callIn({ from: { user: "bob@simulated.test" } });
    await (await session.next("incoming")).reject("busy");
    assert.equal(second.state, "ended");
    const records = await session.calls.history();
    assert.deepEqual(records.map(({ direction }) => direction).sort(), ["in", "missed"]);
  });

  it("loses the connection: calls end, and the session comes back", async () => {
    const { session, simulation, pass } = await stage();
    const call = await session.call("user:bob@simulated.test");
    await pass(10);
    simulation.drop();
    assert.equal((await call.ended).reason, "network-lost");
    assert.equal(session.view().state, "reconnecting");
    await pass(500);
    assert.equal(session.view().state, "connected");
  });

  it("refuses a sign-in, and a microphone", async () => {
    const simulation = new Simulation({ clock: new VirtualClock(), refuses: "token-expired" });
    await assert.rejects(connect({ platform: simulation }), { code: "token-expired" });
    const { session } = await stage({ microphone: "denied" });
    await assert.rejects(session.call("user:bob@simulated.test"), { code: "microphone-denied" });
  });

  it("is what connect({ simulate: true }) brings, without more", async () => {
    const session = await connect({ simulate: true });
    const call = await session.call("user:bob@simulated.test");
    while (call.view().state !== "connected") await call.next("state");
    await session.close();
    assert.equal((await call.ended).by, "local");
  });

  it("leaves no timer behind", async () => {
    const { clock, session, pass } = await stage();
    await session.call("user:bob@simulated.test");
    await pass(10);
    await session.close();
    await turns();
    assert.equal(clock.pending, 0);
  });
});
