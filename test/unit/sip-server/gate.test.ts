import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { Emitter } from "../../../gateway/base/emitter.ts";
import { silentLogger } from "../../../gateway/base/log.ts";
import { readConfig } from "../../../gateway/sip-server/config.ts";
import { RefusalLog } from "../../../gateway/sip-server/refusal-log.ts";
import type { TransportEvents } from "../../../gateway/sip-server/transport/flow.ts";
import { Gate, type GateRules } from "../../../gateway/sip-server/transport/gate.ts";
import { Networks, sourceOf } from "../../../gateway/sip-server/transport/networks.ts";
import { isScanner } from "../../../gateway/sip-server/transport/scanners.ts";
import { TokenBuckets } from "../../../gateway/sip-server/transport/token-buckets.ts";
import { parseMessage } from "../../../gateway/sip-syntax/message.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const stranger = "192.0.2.1";
const message = (...lines: string[]) =>
  parseMessage(Buffer.from(["OPTIONS sip:a@b SIP/2.0", ...lines, "", ""].join("\r\n")));

function gate(rules: Partial<GateRules> = {}) {
  const clock = new VirtualClock();
  const events = new Emitter<TransportEvents>();
  const refused: string[] = [];
  events.on("refused", (why, protocol, host) => refused.push(`${why} ${protocol} ${host}`));
  const trusted = new Networks(["198.51.100.0/24"]);
  const all = { rate: 10, burst: 20, connections: 5, connectionsOfOne: 2, trusted, dropScanners: true, ...rules };
  return { clock, events, refused, gate: new Gate(all, clock, events) };
}

/** A connection as the gate sees it. */
function socket(remoteAddress: string) {
  const one = Object.assign(new EventEmitter(), {
    remoteAddress,
    destroyed: false,
    destroy() {
      one.destroyed = true;
      one.emit("close");
    },
  });
  return one;
}

describe("the gate", () => {
  it("lets an address send its burst, and its rate from then on", () => {
    const { clock, gate: one, refused } = gate();
    const sent = (count: number): number =>
      Array.from({ length: count }, () => one.admits(stranger, "udp")).filter(Boolean).length;
    assert.equal(sent(50), 20);
    assert.equal(refused.length, 30);
    clock.advance(1_000);
    assert.equal(sent(50), 10);
    clock.advance(3_600_000);
    assert.equal(sent(50), 20, "an hour of silence does not add up to more than the burst");
  });

  it("does not let one address use up what others have, and counts an IPv6 customer once", () => {
    const { gate: one } = gate();
    for (let count = 0; count < 50; count++) one.admits(stranger, "udp");
    assert.equal(one.admits("192.0.2.2", "udp"), true);
    for (let count = 0; count < 20; count++) one.admits(`2001:db8:1:2::${count}`, "udp");
    assert.equal(one.admits("2001:db8:1:2:3:4:5:6", "udp"), false);
    assert.equal(one.admits("2001:db8:1:3::1", "udp"), true);
    assert.equal(sourceOf("2001:db8::1"), sourceOf("2001:db8:0:0:ffff::"));
    assert.equal(sourceOf("::1"), "0:0:0:0");
  });

  it("has no limit for who is trusted, and none at all when the rate is 0", () => {
    const { gate: one } = gate();
    for (let count = 0; count < 100; count++) assert.equal(one.admits("198.51.100.7", "udp"), true);
    const { gate: open } = gate({ rate: 0 });
    for (let count = 0; count < 100; count++) assert.equal(open.admits(stranger, "udp"), true);
    assert.equal(open.rest(stranger, "tcp"), 0);
  });

  it("makes a connection rest, and gives it up when it does not heed that", () => {
    const { clock, gate: one } = gate();
    for (let count = 0; count < 20; count++) assert.equal(one.rest(stranger, "tcp"), 0);
    assert.equal(one.rest(stranger, "tcp"), 100);
    clock.advance(100);
    assert.equal(one.rest(stranger, "tcp"), 100);
    for (let count = 0; count < 19; count++) assert.notEqual(one.rest(stranger, "tcp"), undefined);
    assert.equal(one.rest(stranger, "tcp"), undefined);
  });

  it("counts connections in all and of one, until they are closed", () => {
    const { gate: one, refused } = gate();
    const enter = (host: string) => {
      const made = socket(host);
      one.enter(made as unknown as Socket, "tcp");
      return made;
    };
    const [first] = [enter(stranger), enter(stranger)];
    assert.equal(enter(stranger).destroyed, true);
    assert.equal(one.connections, 2);
    const trusted = Array.from({ length: 3 }, () => enter("198.51.100.1"));
    assert.equal(enter("198.51.100.1").destroyed, true);
    first?.destroy();
    const again = enter(stranger);
    assert.equal(again.destroyed, false);
    for (const left of [...trusted, again]) left.destroy();
    assert.equal(one.connections, 1);
    assert.deepEqual(refused, [`connections-of-one tcp ${stranger}`, "connections tcp 198.51.100.1"]);
  });

  it("remembers so many addresses and no more", () => {
    const buckets = new TokenBuckets(new VirtualClock(), { rate: 1, burst: 1 });
    for (let count = 0; count < 20_001; count++) assert.equal(buckets.take(String(count)), true);
    assert.equal(buckets.take("20000"), false);
    assert.equal(buckets.take("0"), true, "the oldest is forgotten");
  });

  it("knows scanners by what they call themselves", () => {
    const { gate: one, refused } = gate();
    const names = ["friendly-scanner", "sipvicious", "sipcli/v1.8", "VaxSIPUserAgent/3.5", "sundayddr", "pplsip"];
    for (const name of names) assert.equal(one.drops(message(`User-Agent: ${name}`), "udp", stranger), true, name);
    assert.equal(isScanner(message('From: "sipvicious"<sip:100@1.1.1.1>;tag=1')), true);
    for (const name of ["Linphone/5.0", "Asterisk PBX 22", "baresip v1.0.0", "Zoiper"]) {
      assert.equal(isScanner(message(`User-Agent: ${name}`)), false, name);
    }
    assert.equal(isScanner(message("Subject: friendly-scanner")), false);
    assert.equal(refused.length, names.length);
    assert.equal(gate({ dropScanners: false }).gate.drops(message("User-Agent: sipcli"), "udp", stranger), false);
  });

  it("says who is turned away, and does not flood the log with it", () => {
    const { clock, events, gate: one } = gate();
    const lines: unknown[] = [];
    new RefusalLog(events, clock, { ...silentLogger, warn: (text, fields) => lines.push([text, fields]) });
    for (let count = 0; count < 50; count++) one.admits(stranger, "udp");
    assert.deepEqual(lines, [["turned away", { why: "rate", transport: "udp", from: stranger }]]);
    clock.advance(10_000);
    for (let count = 0; count < 50; count++) one.admits(stranger, "udp");
    assert.deepEqual(lines[1], ["turned away", { why: "rate", transport: "udp", from: stranger, othersBefore: 29 }]);
    assert.equal(lines.length, 2);
  });

  it("is configured", () => {
    const read = (...args: string[]) => readConfig(["--secret", "x", ...args]).gate;
    const { trusted, ...defaults } = read();
    const { connections, ...others } = defaults;
    assert.deepEqual(others, { rate: 500, burst: 1000, connectionsOfOne: 500, dropScanners: false });
    assert.ok(connections > 100 && connections <= 10_000);
    assert.deepEqual(
      ["127.0.0.1", "::1", "10.1.2.3", "192.0.2.1"].map((host) => trusted.contains(host)),
      [true, true, true, false],
    );
    assert.equal(read("--trusted-networks", "none").trusted.contains("127.0.0.1"), false);
    assert.equal(read("--trusted-networks", "192.0.2.0/24").trusted.contains("192.0.2.9"), true);
    assert.equal(read("--rate-limit", "0").rate, 0);
    assert.equal(read("--max-connections", "7", "--drop-scanners").connections, 7);
    for (const [option, value] of [
      ["--rate-limit", "-1"],
      ["--rate-burst", "0"],
      ["--max-connections", "x"],
      ["--trusted-networks", "10.0.0.0/99"],
    ]) {
      assert.throws(() => read(`${option}=${value}`), new RegExp(String(option)));
    }
  });
});
