import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { markOf } from "../../../gateway/base/process.ts";
import { MediaRig, called, caller } from "../../support/media-rig.ts";
import { phoneOffer } from "../../support/sdp-samples.ts";
import { claimPorts } from "../../support/ports.ts";
import { elapsed, until } from "../../support/until.ts";

const phones = { from: caller("rtp"), to: called("rtp") };

describe("the life of an rtpengine of our own", function () {
  this.timeout(20_000);

  it("answers, and leaves no process and no state file behind", async () => {
    const rig = await MediaRig.open();
    const { pid } = rig.relay;
    assert.ok(rig.relay.available);
    await rig.relay.close();
    assert.equal(markOf(pid), undefined);
    assert.equal(existsSync(join(rig.stateDir, "rtpengine.json")), false);
    await rig.close();
  });

  it("is started again when it dies; the sessions are told lost, and new calls work", async () => {
    const rig = await MediaRig.open();
    const session = rig.relay.open();
    await session.offer(phones.from, phones.to, phoneOffer());
    const told: string[] = [];
    rig.relay.on("lost", ({ sessions }) => told.push(`lost ${sessions.join()}`));
    rig.relay.on("restored", () => told.push("restored"));
    const { pid } = rig.relay;
    process.kill(pid, "SIGKILL");
    await until("restored", () => told.includes("restored"));
    assert.deepEqual(told, [`lost ${session.id}`, "restored"]);
    assert.notEqual(rig.relay.pid, pid);
    assert.equal(rig.relay.sessions, 0);
    await assert.rejects(session.offer(phones.from, phones.to, phoneOffer()), { code: "no-relay" });
    const next = rig.relay.open();
    assert.match(await next.offer(phones.from, phones.to, phoneOffer()), /m=audio/);
    await rig.close();
  });

  it("is ended and started again when it hangs", async () => {
    const rig = await MediaRig.open({ healthMs: 200, timers: { repeatMs: 100, totalMs: 300 } });
    const { pid } = rig.relay;
    const session = rig.relay.open();
    await session.offer(phones.from, phones.to, phoneOffer());
    const restored = new Promise<void>((done) => rig.relay.once("restored", done));
    process.kill(pid, "SIGSTOP");
    await restored;
    assert.notEqual(rig.relay.pid, pid);
    assert.equal(markOf(pid), undefined);
    await rig.close();
  });

  it("is taken over after kill -9 of the gateway, and holds nothing stale then", async () => {
    const stateDir = mkdtempSync(join(tmpdir(), "offhook-takeover-"));
    const ports = await claimPorts();
    const range = { min: ports.take(2), max: ports.last };
    const script = join(import.meta.dirname, "../../support/relay-process.ts");
    const gateway = spawn(process.execPath, ["--import", "tsx", script, stateDir, `${range.min}`, `${range.max}`], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const printed = await new Promise<Buffer>((done) => gateway.stdout.once("data", done));
    gateway.kill("SIGKILL");
    const rig = await MediaRig.open({ stateDir, ports: range });
    assert.equal(rig.relay.pid, Number(printed));
    assert.deepEqual(await rig.held(), { calls: [], ports: [] });
    await rig.close();
    await ports.release();
    rmSync(stateDir, { recursive: true, force: true });
  });

  it("says how to install it when it is not there", async () => {
    await assert.rejects(MediaRig.open({ program: "no-such-rtpengine" }), {
      code: "not-installed",
      message: /apt-get install rtpengine-daemon/,
    });
  });
});

describe("a relay session", function () {
  this.timeout(20_000);
  let rig: MediaRig;
  before(async () => {
    rig = await MediaRig.open({ mediaTimeoutMs: 1000 });
  });
  after(() => rig.close());

  const portOf = (sdp: string): string => /m=audio (\d+)/.exec(sdp)?.[1] ?? "";
  const nothing = { calls: [], ports: [] };

  it("keeps the ports of both sides through forked answers, hold and a moved leg", async () => {
    const session = rig.relay.open();
    const toCalled = portOf(await session.offer(phones.from, phones.to, phoneOffer(4000)));
    const toCaller = portOf(await session.answer(phones.to, phones.from, phoneOffer(5000)));
    assert.equal(portOf(await session.answer(phones.to, phones.from, phoneOffer(5100))), toCaller);
    assert.equal(portOf(await session.offer(phones.to, phones.from, phoneOffer(5100, "sendonly"))), toCaller);
    assert.equal(portOf(await session.answer(phones.from, phones.to, phoneOffer(4000, "recvonly"))), toCalled);

    const third = { leg: "third", kind: "rtp" } as const;
    const toThird = portOf(await session.offer(phones.from, third, phoneOffer(4000)));
    assert.ok(![toCalled, toCaller].includes(toThird));
    assert.equal(portOf(await session.answer(third, phones.from, phoneOffer(6000))), toCaller);
    await session.remove("called");
    assert.equal(portOf(await session.offer(phones.from, third, phoneOffer(4000))), toThird);
    await session.close();
    assert.deepEqual(await rig.held(), nothing);
  });

  it("numbers descriptions by RFC 3264 8: one session id a leg, a version more for each change", async () => {
    const session = rig.relay.open();
    const origin = (sdp: string): string[] => (/^o=(.*)$/m.exec(sdp)?.[1] ?? "").split(" ");
    const first = origin(await session.offer(phones.from, phones.to, phoneOffer()));
    const same = origin(await session.offer(phones.from, phones.to, phoneOffer()));
    const changed = origin(await session.offer(phones.from, phones.to, phoneOffer(4000, "sendonly")));
    assert.deepEqual([same[1], changed[1]], [first[1], first[1]]);
    assert.deepEqual([first[2], same[2], changed[2]], ["1", "1", "2"]);
    await session.close();
  });

  it("refuses what is no description, and stays usable", async () => {
    const session = rig.relay.open();
    const offer = (sdp: string): Promise<string> => session.offer(phones.from, phones.to, sdp);
    await assert.rejects(offer("hello"), { code: "bad-sdp" });
    await assert.rejects(offer(phoneOffer() + `a=x:${"y".repeat(65_536)}\r\n`), { code: "bad-sdp" });
    await assert.rejects(session.answer(phones.to, phones.from, phoneOffer()), { code: "refused" });
    assert.match(await offer(phoneOffer()), /^v=0/);
    await session.close();
    await assert.rejects(offer(phoneOffer()), { code: "no-relay" });
  });

  it("is released when it is closed while an offer is on its way, and closing twice is the same", async () => {
    const session = rig.relay.open();
    const offered = session.offer(phones.from, phones.to, phoneOffer()).catch(() => "refused");
    await Promise.all([session.close(), session.close(), offered]);
    assert.deepEqual(await rig.held(), nothing);
    assert.equal(rig.relay.sessions, 0);
  });

  it("tells silent legs once it is watched, and not while one is on hold", async () => {
    const session = rig.relay.open();
    const silent: string[] = [];
    rig.relay.on("media-timeout", ({ leg }) => silent.push(leg));
    await session.offer(phones.from, phones.to, phoneOffer());
    await session.answer(phones.to, phones.from, phoneOffer(5000, "recvonly"));
    session.watch();
    await elapsed(1600);
    assert.deepEqual(silent, []);
    await session.answer(phones.to, phones.from, phoneOffer(5000));
    await until("both legs", () => silent.length >= 2, 3000);
    assert.deepEqual(silent.sort(), ["called", "caller"]);
    await session.close();
  });
});
