import assert from "node:assert/strict";
import { silentLogger } from "../../../gateway/base/log.ts";
import { readReport } from "../../../gateway/media/rtpengine/dtmf-listener.ts";
import { packetsByLeg } from "../../../gateway/media/rtpengine/media-watch.ts";
import { RtpengineRelay } from "../../../gateway/media/rtpengine/relay.ts";
import { FakeNg } from "../../support/fake-ng.ts";
import { phoneOffer } from "../../support/sdp-samples.ts";
import { until } from "../../support/until.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const [a, b] = [{ leg: "a", kind: "rtp" } as const, { leg: "b", kind: "rtp" } as const];

describe("a pool of relays", () => {
  let servers: FakeNg[];
  let clock: VirtualClock;
  let relay: RtpengineRelay;

  beforeEach(async () => {
    servers = [await FakeNg.open(), await FakeNg.open()];
    for (const server of servers) server.answer = ({ reply }) => reply({ result: "ok", calls: [], sdp: phoneOffer() });
    clock = new VirtualClock();
    relay = new RtpengineRelay({
      clock,
      log: silentLogger,
      relays: servers.map(({ port }, index) => ({ name: `r${index}`, host: "127.0.0.1", port })),
      prefix: "mine-",
      mediaTimeoutMs: 60_000,
    });
  });
  afterEach(async () => {
    for (const server of servers) server.answer = ({ reply }) => reply({ result: "ok" });
    await relay.close();
    for (const server of servers) server.close();
    assert.equal(clock.pending, 0);
  });

  const commands = (index: number, name: string) =>
    servers[index]?.received.filter(({ command }) => command["command"] === name) ?? [];

  it("has nothing to offer before the first health check", async () => {
    assert.throws(() => relay.open(), { code: "no-relay" });
    await relay.check();
    assert.ok(relay.available);
  });

  it("spreads calls by load", async () => {
    await relay.check();
    const names = [relay.open(), relay.open(), relay.open(), relay.open()].map((session) => session.relay);
    assert.deepEqual(names.sort(), ["r0", "r0", "r1", "r1"]);
  });

  it("deletes at start what carries our prefix, and nothing else", async () => {
    for (const server of servers) server.answer = ({ reply }) => reply({ result: "ok", calls: ["mine-1", "other-1"] });
    await relay.check();
    assert.deepEqual(
      commands(0, "delete").map(({ command }) => command["call-id"]),
      ["mine-1"],
    );
  });

  it("a dead relay loses its sessions, and the other one takes the next", async () => {
    await relay.check();
    const lost: string[] = [];
    relay.on("lost", ({ sessions }) => lost.push(...sessions));
    const [first, second] = [relay.open(), relay.open()];
    const dead = servers[0];
    if (dead) dead.answer = () => {};
    for (let turn = 0; lost.length === 0 && turn < 50; turn++) {
      clock.advance(500);
      await new Promise((done) => setImmediate(done));
    }
    assert.deepEqual(lost, [first.id]);
    assert.equal(relay.sessions, 1);
    assert.equal(relay.open().relay, second.relay);
  });

  it("deletes again what was not confirmed", async () => {
    await relay.check();
    const session = relay.open();
    await session.offer(a, b, phoneOffer());
    const [server] = servers;
    assert.ok(server);
    server.answer = () => {};
    const closed = session.close();
    await until("a delete", () => commands(0, "delete").length === 1);
    clock.advance(500);
    await until("its repeat", () => commands(0, "delete").length === 2);
    server.answer = ({ reply }) => reply({ result: "ok" });
    clock.advance(1000);
    await closed;
    await until("a delete with the next health check", () => {
      clock.advance(1000);
      return commands(0, "delete").length >= 3;
    });
  });

  it("commands of a session go out one after another", async () => {
    await relay.check();
    const session = relay.open();
    const [server] = servers;
    assert.ok(server);
    server.answer = () => {};
    const offers = [session.offer(a, b, phoneOffer(1)), session.offer(a, b, phoneOffer(2))];
    await until("the first offer", () => commands(0, "offer").length === 1);
    assert.equal(commands(0, "offer").length, 1);
    server.answer = ({ reply }) => reply({ result: "ok", sdp: phoneOffer() });
    commands(0, "offer")[0]?.reply({ result: "ok", sdp: phoneOffer() });
    await Promise.all(offers);
    assert.equal(commands(0, "offer").length, 2);
  });

  it("tells key presses of its sessions, once a leg and without our own", async () => {
    await relay.check();
    const session = relay.open();
    await session.offer(a, b, phoneOffer());
    const told: string[] = [];
    relay.on("digit", ({ leg, digit }) => told.push(`${leg}${digit}`));
    await session.sendDigit("a", "5", 100);
    const report = { callId: session.id, durationMs: 100 };
    relay.pressed({ ...report, tag: "a", digit: "5" });
    relay.pressed({ ...report, tag: "a", digit: "5" });
    relay.pressed({ ...report, tag: "b", digit: "#" });
    relay.pressed({ ...report, callId: "mine-unknown", tag: "b", digit: "1" });
    assert.deepEqual(told, ["a5", "b#"]);
  });
});

describe("what rtpengine tells", () => {
  it("a key press is read, and rubbish is dropped", () => {
    const text = '{"callid":"x","source_tag":"A","type":"DTMF","event":11,"duration":180,"volume":10}';
    assert.deepEqual(readReport(text), { callId: "x", tag: "A", digit: "#", durationMs: 180 });
    for (const rubbish of ["", "{}", "[]", '{"callid":"x","source_tag":"A","event":77}', '{"callid":1,"event":1}'])
      assert.equal(readReport(rubbish), undefined);
  });

  it("packets are counted by tag, over all media and streams", () => {
    const stream = (packets: number) => ({ stats: { packets } });
    const tags = {
      A: { medias: [{ streams: [stream(3), stream(1)] }, { streams: [stream(2)] }] },
      B: { medias: [{ streams: [stream(0)] }] },
      C: {},
    };
    assert.deepEqual(
      [...packetsByLeg({ tags })],
      [
        ["A", 6],
        ["B", 0],
        ["C", 0],
      ],
    );
    assert.equal(packetsByLeg({}).size, 0);
  });
});
