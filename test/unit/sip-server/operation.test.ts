import assert from "node:assert/strict";
import { Admission } from "../../../gateway/sip-server/operation/admission.ts";
import { BusyWatch } from "../../../gateway/sip-server/operation/busy-watch.ts";
import { hepPacket } from "../../../gateway/sip-server/operation/hep-packet.ts";
import { withoutSecrets } from "../../../gateway/sip-server/operation/mask.ts";
import { PassingMessage } from "../../../gateway/sip-server/operation/passing-message.ts";
import { fits, readFilter, type TraceFilter } from "../../../gateway/sip-server/operation/trace-filter.ts";
import type { Flow } from "../../../gateway/sip-server/transport/flow.ts";
import { ApplicationLag } from "../../../gateway/sip-server/wire/application-lag.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

describe("admission", () => {
  it("refuses when too many wait, when there was no pause for too long, and when draining", () => {
    const clock = new VirtualClock();
    let [idle, unanswered, lag] = [1, 0, 0];
    const limits = { unanswered: 10, lagMs: 100, busyMs: 500, retryAfterS: 5 };
    const admission = new Admission(limits, new BusyWatch(clock, () => idle), {
      unanswered: () => unanswered,
      lagMs: () => lag,
    });
    assert.equal(admission.decide(), undefined);
    clock.advance(499);
    assert.equal(admission.decide(), undefined);
    clock.advance(1);
    assert.deepEqual(admission.decide(), { why: "busy", retryAfterS: 5 });
    idle += 1;
    assert.equal(admission.decide(), undefined);
    lag = 100;
    assert.equal(admission.decide()?.why, "lag");
    unanswered = 10;
    assert.equal(admission.decide()?.why, "unanswered");
    admission.draining = true;
    assert.equal(admission.decide()?.why, "draining");
  });
});

describe("the lag of applications", () => {
  it("is that of the quickest of the last forty, while these are fresh", () => {
    const clock = new VirtualClock();
    const lag = new ApplicationLag(clock);
    const answer = (count: number, ms: number): void => {
      for (let at = 0; at < count; at++) {
        lag.asked("one");
        clock.advance(ms);
        lag.answered("one");
        lag.answered("another");
      }
    };
    answer(39, 20);
    assert.equal(lag.ms, 0);
    answer(1, 20);
    assert.equal(lag.ms, 20);
    answer(1, 10);
    assert.equal(lag.ms, 10);
    clock.advance(1_000);
    assert.equal(lag.ms, 0);
  });
});

describe("messages on demand", () => {
  const text =
    "INVITE tel:+33186260014;phone-context=x SIP/2.0\r\nv: SIP/2.0/UDP h\r\nf: <sip:Alice@a>;tag=1\r\n" +
    "To: <sips:bob@b>\r\ni : id-1\r\n\r\nCall-ID: of-the-body\r\n";
  const flow = { listener: { protocol: "udp" }, remote: { host: "2001:db8::1", port: 5060 } } as Flow;
  const message = new PassingMessage("in", flow, Buffer.from(text));

  const rows: readonly [TraceFilter, boolean][] = [
    [{ "call-id": "id-1" }, true],
    [{ "call-id": "of-the-body" }, false],
    [{ user: "alice" }, true],
    [{ user: "bob" }, true],
    [{ user: "+33186260014" }, true],
    [{ user: "ali" }, false],
    [{ address: "2001:db8::1" }, true],
    [{ address: "[2001:db8::1]:5060" }, true],
    [{ address: "[2001:db8::1]:5061" }, false],
    [{ user: "bob", "call-id": "id-2" }, false],
  ];
  for (const [filter, expected] of rows) {
    it(`${expected ? "fits" : "does not fit"} ${JSON.stringify(filter)}`, () => {
      assert.equal(fits(filter, message), expected);
    });
  }

  it("takes a query that names what it knows, and nothing else", () => {
    assert.deepEqual(readFilter(new URLSearchParams("call-id=a%40b&user=c")), { "call-id": "a@b", user: "c" });
    for (const query of ["", "user=", "user=a&colour=red"]) {
      assert.equal(readFilter(new URLSearchParams(query)), undefined, query);
    }
  });
});

describe("masking", () => {
  const rows: readonly [header: string, expected: string][] = [
    [
      'Authorization: Digest username="a, b", realm="r",nonce="n",response="e",\r\n cnonce="c",qop=auth,nc=00000001',
      'Authorization: Digest username="a, b", realm="r",nonce=***,response=***, cnonce=***,qop=auth,nc=00000001',
    ],
    ["Proxy-Authorization: Bearer eyJhbGciOi.x=y", "Proxy-Authorization: Bearer ***"],
    ["authorization : Basic dTpwdw==", "authorization : Basic ***"],
    ['Authentication-Info: nextnonce="n", rspauth="r"', "Authentication-Info: nextnonce=***, rspauth=***"],
    [
      "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0|2^20|1:4",
      "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:***|2^20|1:4",
    ],
    ["Subject: response=open", "Subject: response=open"],
  ];
  for (const [header, expected] of rows) {
    it(header, () => assert.equal(withoutSecrets(`${header}\r\n`), `${expected}\r\n`));
  }
});

describe("HEP3", () => {
  const packetOf = (host: string, payload: Buffer = Buffer.from("x")): Buffer => {
    const [source, destination] = [
      { host, port: 1 },
      { host, port: 65_535 },
    ];
    return hepPacket({ source, destination, udp: false, at: 1_500, agent: 4_294_967_295, correlation: "c", payload });
  };

  it("writes IPv6 addresses in full", () => {
    const hex = packetOf("2001:db8::192.0.2.1").toString("hex");
    assert.ok(hex.includes("000000050016" + "20010db80000000000000000c0000201"));
    assert.ok(
      packetOf("::1")
        .toString("hex")
        .includes("000000060016" + "0".repeat(31) + "1"),
    );
  });

  it("says its length, and cuts what does not fit", () => {
    for (const payload of [Buffer.from("x"), Buffer.alloc(80_000)]) {
      const packet = packetOf("192.0.2.1", payload);
      assert.equal(packet.readUInt16BE(4), packet.length);
    }
  });

  it("writes seconds and microseconds", () => {
    const hex = packetOf("192.0.2.1").toString("hex");
    assert.ok(hex.includes("00000009000a" + "00000001" + "0000000a000a" + "0007a120"));
  });
});
