import assert from "node:assert/strict";
import { ConfigError, readConfig } from "../../../gateway/sip-server/config.ts";
import { contactOf, replaceLocalhost } from "../../../gateway/sip-server/dialog/contact-address.ts";
import { DialogTable } from "../../../gateway/sip-server/dialog/dialog-table.ts";
import { Dialog } from "../../../gateway/sip-server/dialog/dialog.ts";
import { ReliableProvisionals } from "../../../gateway/sip-server/dialog/reliable-provisionals.ts";
import { SuccessRepeater } from "../../../gateway/sip-server/dialog/success-repeater.ts";
import { watchIdle } from "../../../gateway/sip-server/linger.ts";
import { defaultTimers } from "../../../gateway/sip-server/transaction/timers.ts";
import type { Listener } from "../../../gateway/sip-server/transport/flow.ts";
import { addressFor, chooseListener } from "../../../gateway/sip-server/transport/listener-choice.ts";
import { isLoopback, isPrivate, Networks } from "../../../gateway/sip-server/transport/networks.ts";
import { RouteTable } from "../../../gateway/sip-server/wire/route-table.ts";
import { Headers } from "../../../gateway/sip-syntax/headers.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const listener = (host: string, protocol: Listener["protocol"] = "udp"): Listener => ({ protocol, host, port: 5060 });

describe("choice of the bound address", () => {
  const listeners = [
    listener("127.0.0.1"),
    listener("192.0.2.2"),
    listener("192.168.1.5"),
    listener("::1"),
    listener("127.0.0.1", "tcp"),
  ];
  const chosen = (host: string, protocol: Listener["protocol"] = "udp") =>
    chooseListener(listeners, protocol, host)?.host;

  it("keeps loopback with loopback and takes the longest common prefix", () => {
    assert.equal(chosen("127.9.9.9"), "127.0.0.1");
    assert.equal(chosen("192.168.7.7"), "192.168.1.5");
    assert.equal(chosen("192.0.2.200"), "192.0.2.2");
    assert.equal(chosen("198.51.100.1"), "192.0.2.2");
    assert.equal(chosen("::1"), "::1");
    assert.equal(chosen("198.51.100.1", "tcp"), "127.0.0.1");
    assert.equal(chosen("198.51.100.1", "ws"), undefined);
  });

  it("knows loopback and private addresses", () => {
    assert.deepEqual(["127.1.2.3", "::1", "128.0.0.1", "x"].map(isLoopback), [true, true, false, false]);
    assert.deepEqual(["10.1.1.1", "172.20.0.1", "172.32.0.1", "fd00::1"].map(isPrivate), [true, true, false, true]);
  });
});

describe("our own address", () => {
  it("is written with its transport, unless UDP", () => {
    const way = (host: string, protocol?: Listener["protocol"]) => {
      const one = listener(host, protocol);
      return { listener: one, address: one };
    };
    assert.equal(contactOf(way("192.0.2.2")), "<sip:192.0.2.2:5060>");
    assert.equal(contactOf(way("192.0.2.2", "ws")), "<sip:192.0.2.2:5060;transport=ws>");
    assert.equal(contactOf(way("2001:db8::9")), "<sip:[2001:db8::9]:5060>");
    assert.equal(contactOf(way("192.0.2.2", "tls")), "<sip:192.0.2.2:5060;transport=tls>");
    assert.equal(contactOf(way("192.0.2.2", "tls"), true), "<sips:192.0.2.2:5060>");
    assert.equal(contactOf(way("192.0.2.2", "wss"), true), "<sips:192.0.2.2:5060;transport=ws>");
  });

  it("is the external one towards everybody who is not on our side of the NAT", () => {
    const behind: Listener = {
      ...listener("10.0.0.5"),
      externalHost: "192.0.2.9",
      localNetworks: new Networks(["10.0.0.0/8", "203.0.113.7"]),
    };
    const told = (host: string): string => addressFor(behind, host).host;
    assert.deepEqual(["198.51.100.1", "10.255.0.1", "203.0.113.7", "203.0.113.8"].map(told), [
      "192.0.2.9",
      "10.0.0.5",
      "10.0.0.5",
      "192.0.2.9",
    ]);
    assert.equal(addressFor(listener("10.0.0.5"), "198.51.100.1").host, "10.0.0.5");
  });

  it("knows address ranges, and refuses what is none", () => {
    const networks = new Networks(["2001:db8::/32", "192.0.2.1"]);
    const seen = ["2001:db8:1::5", "2001:db9::1", "192.0.2.1", "192.0.2.2", "x"].map((host) => networks.contains(host));
    assert.deepEqual(seen, [true, false, true, false, false]);
    assert.deepEqual([networks.contains("2001:db8:1::5"), networks.contains("2001:db9::1")], [true, false], "again");
    for (const range of ["10.0.0.0/33", "10.0.0/8", "::/129", "x", "10.0.0.0/", "10.0.0.0/8/9", "1.1.1.1/-1"]) {
      assert.throws(() => new Networks([range]), RangeError, range);
    }
  });

  it("replaces localhost in four headers", () => {
    const headers = Headers.of([
      ["From", '"Bob" <sip:bob@localhost>;tag=1'],
      ["To", "<sip:x@example.com>"],
      ["Contact", "<sip:bob@localhost;foo=bar>"],
      ["Refer-To", "<sip:bob@localhost>"],
    ]);
    replaceLocalhost(headers, { listener: listener("127.0.0.1"), address: listener("127.0.0.1") });
    assert.deepEqual(
      headers.fields.map(({ value }) => value),
      [
        '"Bob" <sip:bob@127.0.0.1:5060>;tag=1',
        "<sip:x@example.com>",
        "<sip:bob@127.0.0.1:5060;foo=bar>",
        "<sip:bob@localhost>",
      ],
    );
  });
});

describe("dialog ids", () => {
  const dialog = (id: string, remoteTag: string): Dialog =>
    new Dialog({
      id,
      kind: "INVITE",
      role: "uac",
      callId: "c",
      localTag: "f",
      remoteTag,
      local: "",
      remote: "",
      routeSet: [],
      owner: { connected: true, tags: [] },
      localSeq: 1,
    });

  it("are Call-ID and first tag, and differ among live dialogs (fork, spiral)", () => {
    const table = new DialogTable();
    const first = dialog(table.reserveId("c", "f"), "t1");
    table.add(first);
    const second = dialog(table.reserveId("c", "f"), "t2");
    table.add(second);
    assert.deepEqual([first.id, second.id], ["c;from-tag=f", "c;from-tag=f;leg=2"]);
    assert.equal(table.reserveId("c", "f"), "c;from-tag=f;leg=3");
    assert.equal(table.bySip("c", "f", "t2"), second);
    table.remove(first);
    assert.equal(table.reserveId("c", "f"), "c;from-tag=f");
    assert.equal(table.byId("c;from-tag=f;leg=2"), second);
    assert.equal(table.size, 1);
  });

  it("are free again when a request without a dialog ends", () => {
    const table = new DialogTable();
    table.releaseId(table.reserveId("c", "f"));
    assert.equal(table.reserveId("c", "f"), "c;from-tag=f");
  });
});

describe("reliable provisional responses (RFC 3262 3)", () => {
  const rack = (rseq: number) => ({ rseq, cseq: { number: 1, method: "INVITE" } });

  it("go one at a time, are repeated at doubling intervals and stop with the PRACK", () => {
    const clock = new VirtualClock();
    const sent: string[] = [];
    const reliable = new ReliableProvisionals(clock, defaultTimers, 1, () => sent.push("given up"));
    const [one, two] = [reliable.takeRSeq(), reliable.takeRSeq()];
    assert.equal(two, one + 1);
    reliable.add({ rseq: one, send: () => sent.push("183"), hasBody: true, ownPrack: false });
    reliable.add({ rseq: two, send: () => sent.push("180"), hasBody: false, ownPrack: true });
    clock.advance(1_600);
    assert.deepEqual(sent, ["183", "183", "183"]);
    assert.equal(reliable.acknowledge(rack(two)), undefined);
    assert.equal(reliable.acknowledge(rack(one)), "application");
    assert.equal(reliable.acknowledge(rack(one)), undefined);
    assert.deepEqual(sent.slice(3), ["180"]);
    assert.equal(reliable.acknowledge(rack(two)), "server");
    clock.advance(60_000);
    assert.equal(sent.length, 4);
    assert.equal(clock.pending, 0);
  });

  it("hold back the 2xx while one with a body is unacknowledged (RFC 3262 5)", () => {
    const clock = new VirtualClock();
    const sent: string[] = [];
    const reliable = new ReliableProvisionals(clock, defaultTimers, 1, () => {});
    const rseq = reliable.takeRSeq();
    reliable.add({ rseq, send: () => {}, hasBody: true, ownPrack: false });
    reliable.beforeFinal(() => sent.push("200"));
    assert.deepEqual(sent, []);
    reliable.acknowledge(rack(rseq));
    assert.deepEqual([sent, clock.pending], [["200"], 0]);
  });

  it("are given up after 64·T1", () => {
    const clock = new VirtualClock();
    let givenUp = false;
    const reliable = new ReliableProvisionals(clock, defaultTimers, 1, () => (givenUp = true));
    reliable.add({ rseq: reliable.takeRSeq(), send: () => {}, hasBody: false, ownPrack: false });
    clock.advance(32_000);
    assert.deepEqual([givenUp, clock.pending], [true, 0]);
  });
});

describe("2xx of an INVITE (RFC 3261 13.3.1.4)", () => {
  it("is repeated at T1, 2·T1 … T2 until the ACK", () => {
    const clock = new VirtualClock();
    const begin = clock.now();
    const times: number[] = [];
    const repeater = new SuccessRepeater(clock, defaultTimers, () => times.push(clock.now() - begin));
    let missing = false;
    repeater.start(() => (missing = true));
    clock.advance(12_000);
    assert.deepEqual(times, [0, 500, 1500, 3500, 7500, 11500]);
    repeater.stop();
    assert.deepEqual([missing, clock.pending], [false, 0]);
    repeater.start(() => (missing = true));
    clock.advance(32_000);
    assert.deepEqual([missing, clock.pending], [true, 0]);
  });
});

describe("routes", () => {
  it("take turns, once each however often they asked", () => {
    const routes = new RouteTable<string>();
    for (const link of ["a", "b", "a", "a"]) routes.add("invite", link);
    assert.deepEqual(
      ["1", "2", "3", "4"].map(() => routes.next("invite")),
      ["a", "b", "a", "b"],
    );
    routes.remove("invite", "a");
    assert.deepEqual([routes.next("invite"), routes.next("invite")], ["b", "b"]);
    routes.removeAll("b");
    assert.equal(routes.next("invite"), undefined);
  });
});

describe("command line", () => {
  const secret = ["--secret", "x"];

  it("has defaults, and reads lists and milliseconds", () => {
    const config = readConfig([...secret, "--sip", "udp/127.0.0.1:5060,tcp/[::1]:5061,ws/0.0.0.0:0", "--t1", "50"]);
    assert.deepEqual(
      config.sip.map(({ protocol, host, port }) => `${protocol} ${host} ${port}`),
      ["udp 127.0.0.1 5060", "tcp ::1 5061", "ws 0.0.0.0 0"],
    );
    assert.deepEqual([config.T1, config.T2, config.lingerMs], [50, 4000, 600_000]);
  });

  it("names the option that is wrong", () => {
    const wrong: Array<[string[], RegExp]> = [
      [["--sip", "udp:1", ...secret], /--sip/],
      [["--sip", "tls/127.0.0.1:5061", ...secret], /--tls-cert/],
      [["--sip", "sctp/127.0.0.1:5061", ...secret], /--sip/],
      [["--tls-cert", "a,b", "--tls-key", "c", ...secret], /--tls-key/],
      [["--tls-cert", "a", "--tls-client-certs", "often", ...secret], /--tls-client-certs/],
      [["--external-ip", "192.0.2.1,192.0.2.2", ...secret], /--external-ip/],
      [["--local-networks", "home", ...secret], /--local-networks/],
      [["--control", "x", ...secret], /--control/],
      [["--t1", "fast", ...secret], /--t1/],
      [["--linger", "0", ...secret], /--linger/],
      [["--log-level", "loud", ...secret], /--log-level/],
      [["--external-ip", "host", ...secret], /--external-ip/],
      [[], /--secret/],
      [["--secret-file", "/nowhere/x"], /--secret-file/],
      [["--nonsense", ...secret], /--nonsense/],
    ];
    for (const [args, message] of wrong) {
      assert.throws(
        () => readConfig(args),
        (fault) => fault instanceof ConfigError && message.test(fault.message),
        args.join(" "),
      );
    }
  });
});

describe("linger", () => {
  it("expires only after an unbroken time without anybody", () => {
    const clock = new VirtualClock();
    let idle = true;
    let expired = 0;
    watchIdle(
      clock,
      1_000,
      () => idle,
      () => expired++,
    );
    clock.advance(900);
    idle = false;
    clock.advance(500);
    idle = true;
    clock.advance(900);
    assert.equal(expired, 0);
    clock.advance(300);
    assert.deepEqual([expired, clock.pending], [1, 0]);
  });
});
