import assert from "node:assert/strict";
import { silentLogger } from "../../../gateway/base/log.ts";
import type { Description, LegFact } from "../../../gateway/call/leg.ts";
import { InviteUsage } from "../../../gateway/sip/invite-usage.ts";
import { FakeInRequest, FakeSipLink, type FakeResponse, type IncomingOptions } from "../../support/fake-sip-link.ts";
import { settled } from "../../support/settled.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const sdpHeaders = { "Content-Type": "application/sdp" };
const offer: Description = { kind: "offer", sdp: "our offer", generation: 2 };
const answer: Description = { kind: "answer", sdp: "our answer", generation: 2 };
const theirs = (kind: "offer" | "answer", sdp: string): Description => ({ kind, sdp, generation: 1 });

class Rig {
  readonly clock = new VirtualClock();
  readonly link = new FakeSipLink();
  readonly facts: LegFact[] = [];
  readonly usage: InviteUsage;
  closed = 0;

  constructor(caller = true) {
    this.usage = new InviteUsage({
      link: this.link,
      clock: this.clock,
      log: silentLogger,
      dialogId: "d",
      caller,
      credentials: { username: "u", password: "p" },
      fact: (fact) => this.facts.push(fact),
      closed: () => (this.closed += 1),
    });
  }

  in(method: string, more: Partial<IncomingOptions> = {}): FakeInRequest {
    const headers = more.body === undefined ? {} : sdpHeaders;
    const request = new FakeInRequest({ method, dialogId: "d", headers, ...more });
    this.usage.handle(request);
    return request;
  }

  async update(description?: Description): Promise<void> {
    this.usage.update(description);
    await settled();
  }

  async responds(status: number, more: FakeResponse = {}): Promise<void> {
    this.link.last("INVITE").respond(status, more);
    await settled();
  }

  async end(): Promise<void> {
    this.usage.end({ code: "normal" });
    await settled();
  }

  assertOver(): void {
    assert.deepEqual([this.closed, this.clock.pending], [1, 0]);
  }
}

describe("a dialog that ends", () => {
  it("says BYE once", async () => {
    const rig = new Rig();
    await rig.end();
    await rig.end();
    assert.deepEqual(rig.link.methods, ["BYE"]);
    assert.deepEqual(rig.facts, []);
    rig.assertOver();
  });

  it("says why when it is no ordinary end (RFC 3326)", async () => {
    const rig = new Rig();
    rig.usage.end({ code: "media-timeout" });
    await settled();
    assert.match(rig.link.last("BYE").options.headers?.["Reason"] ?? "", /media-timeout/);
  });

  for (const [reason, cause] of [
    [undefined, { code: "normal" }],
    ["Q.850;cause=17", { code: "busy", q850: 17 }],
    ['SIP;cause=480;text="gone"', { code: "normal", sip: 480, text: "gone" }],
  ] as const) {
    it(`by the far side's BYE ${reason ? `for ${reason}` : ""} is answered and told`, () => {
      const rig = new Rig();
      const bye = rig.in("BYE", { headers: reason === undefined ? {} : { reason } });
      assert.deepEqual([bye.statuses, rig.facts], [[200], [{ is: "ended", cause }]]);
      rig.assertOver();
    });
  }

  it("on both sides at once answers the BYE that crosses ours, and tells nothing", async () => {
    const rig = new Rig();
    await rig.end();
    assert.deepEqual(rig.in("BYE").statuses, [200]);
    assert.deepEqual(rig.facts, []);
    rig.assertOver();
  });

  it("by two BYEs is told once", () => {
    const rig = new Rig();
    rig.in("BYE");
    assert.deepEqual(rig.in("BYE").statuses, [200]);
    assert.equal(rig.facts.length, 1);
    rig.assertOver();
  });

  for (const [reason, code] of [
    ["SIP;cause=200;text=ACK timeout", "no-ack"],
    ['SIP;cause=408;text="Session timer expired"', "peer-timeout"],
    ["", "normal"],
  ] as const) {
    it(`does not answer a BYE that the SIP server made itself, for ${reason || "whatever reason"}`, () => {
      const rig = new Rig();
      assert.deepEqual(rig.in("BYE", { unsolicited: true, headers: { reason } }).responses, []);
      assert.deepEqual(rig.facts, [{ is: "ended", cause: { code } }]);
    });
  }

  for (const [who, finish] of [
    ["us", (rig: Rig) => rig.end()],
    ["the far side", (rig: Rig) => void rig.in("BYE")],
  ] as const) {
    it(`by ${who} answers the re-INVITE that waits (RFC 3261 15.1.2)`, async () => {
      const rig = new Rig();
      const asked = rig.in("INVITE", { body: "their offer" });
      await finish(rig);
      await settled();
      assert.deepEqual(asked.statuses, [487]);
      rig.assertOver();
    });
  }

  it("even though the BYE cannot be sent", async () => {
    const rig = new Rig();
    rig.link.isUp = false;
    await rig.end();
    rig.assertOver();
  });
});

describe("a re-INVITE of the far side", () => {
  it("that requires what we lack is refused with 420 (RFC 3261 8.2.2.3)", () => {
    const rig = new Rig();
    const { last } = rig.in("INVITE", { headers: { require: "precondition" }, body: "their offer" });
    assert.deepEqual([last.status, last.headers?.["Unsupported"], rig.facts], [420, "precondition", []]);
  });

  for (const method of ["INVITE", "UPDATE"]) {
    it(`(${method}) is passed on, and answered with what the other leg says`, () => {
      const rig = new Rig();
      const asked = rig.in(method, { body: "their offer" });
      assert.deepEqual(rig.facts, [{ is: "update", description: theirs("offer", "their offer") }]);
      assert.deepEqual(asked.responses, []);
      rig.usage.updated(answer);
      assert.deepEqual([asked.last.status, asked.last.body], [200, "our answer"]);
      rig.usage.updated(answer);
      assert.equal(asked.responses.length, 1);
    });
  }

  it("without an offer is answered with ours, and the ACK brings the answer", () => {
    const rig = new Rig();
    const asked = rig.in("INVITE");
    assert.deepEqual(rig.facts, [{ is: "update" }]);
    rig.usage.updated(offer);
    assert.equal(asked.last.body, "our offer");
    rig.in("ACK", { body: "their answer" });
    assert.deepEqual(rig.facts.at(-1), { is: "confirmed", description: theirs("answer", "their answer") });
    rig.in("ACK", { body: "again" });
    assert.equal(rig.facts.length, 2);
  });

  it("(UPDATE) without an offer only refreshes (RFC 3311 5.2)", () => {
    const rig = new Rig();
    assert.deepEqual([rig.in("UPDATE").statuses, rig.facts], [[200], []]);
  });

  for (const [sip, status] of [
    [491, 491],
    [488, 488],
    [undefined, 488],
  ] as const) {
    it(`is refused with ${status}`, () => {
      const rig = new Rig();
      const asked = rig.in("INVITE", { body: "their offer" });
      rig.usage.refuse({ code: "declined", ...(sip !== undefined && { sip }) });
      assert.deepEqual(asked.statuses, [status]);
      assert.equal(rig.closed, 0);
    });
  }

  it("that comes before the one before was answered is told to wait (RFC 3261 14.2)", () => {
    const rig = new Rig();
    rig.in("INVITE", { body: "one" });
    const second = rig.in("INVITE", { body: "two" });
    assert.deepEqual([second.statuses, rig.facts.length], [[500], 1]);
    assert.ok(second.last.headers?.["Retry-After"]);
  });

  it("that crosses the ACK that we owe is glare", async () => {
    const rig = new Rig();
    await rig.update();
    await rig.responds(200, { headers: sdpHeaders, body: "their offer" });
    assert.deepEqual(rig.in("INVITE", { body: "crossing" }).statuses, [491]);
  });
});

describe("our re-INVITE", () => {
  it("offers, acknowledges, and tells the answer", async () => {
    const rig = new Rig();
    await rig.update(offer);
    const { options } = rig.link.last("INVITE");
    assert.deepEqual([options.dialogId, options.uri, options.body], ["d", undefined, "our offer"]);
    await rig.responds(200, { headers: sdpHeaders, body: "their answer" });
    assert.deepEqual(rig.facts, [{ is: "updated", description: theirs("answer", "their answer") }]);
    assert.deepEqual(rig.link.last("INVITE").acks, [{}]);
  });

  it("without an offer asks for one, and the ACK carries our answer", async () => {
    const rig = new Rig();
    await rig.update();
    await rig.responds(200, { headers: sdpHeaders, body: "their offer" });
    assert.deepEqual(rig.facts, [{ is: "updated", description: theirs("offer", "their offer") }]);
    assert.deepEqual(rig.link.last("INVITE").acks, []);
    rig.usage.confirm(answer);
    assert.deepEqual(rig.link.last("INVITE").acks, [{ headers: sdpHeaders, body: "our answer" }]);
  });

  it("without an offer is acknowledged before our BYE when the call ends meanwhile", async () => {
    const rig = new Rig();
    await rig.update();
    await rig.responds(200, { headers: sdpHeaders, body: "their offer" });
    await rig.end();
    assert.deepEqual(rig.link.last("INVITE").acks, [{}]);
    assert.deepEqual(rig.link.methods, ["INVITE", "BYE"]);
  });

  for (const description of [offer, undefined]) {
    it(`${description ? "with" : "without"} an offer that is answered without a description changed nothing`, async () => {
      const rig = new Rig();
      await rig.update(description);
      await rig.responds(200);
      assert.deepEqual(rig.link.last("INVITE").acks, [{}]);
      assert.deepEqual(
        rig.facts.map((fact) => fact.is),
        ["update-refused"],
      );
    });
  }

  it("PRACKs a reliable provisional response", async () => {
    const rig = new Rig();
    await rig.update(offer);
    await rig.responds(180, { headers: { rseq: "1" } });
    await rig.responds(180);
    assert.equal(rig.link.last("INVITE").acks.length, 1);
  });

  for (const [status, code] of [
    [488, "not-acceptable"],
    [403, "not-allowed"],
    [500, "server-error"],
  ] as const) {
    it(`that is refused with ${status} leaves the call as it is`, async () => {
      const rig = new Rig();
      await rig.update(offer);
      await rig.responds(status);
      assert.deepEqual(rig.facts, [{ is: "update-refused", cause: { code, sip: status } }]);
      assert.equal(rig.closed, 0);
    });
  }

  for (const status of [481, 408]) {
    it(`that is answered with ${status} ends the dialog (RFC 3261 12.2.1.2)`, async () => {
      const rig = new Rig();
      await rig.update(offer);
      await rig.responds(status);
      assert.deepEqual(rig.facts, [{ is: "ended", cause: { code: "network-lost", sip: status } }]);
      assert.deepEqual(rig.link.methods, ["INVITE", "BYE"]);
      rig.assertOver();
    });
  }

  for (const [who, caller, least, most] of [
    ["the owner of the Call-ID waits 2.1 to 4 s", true, 2100, 4000],
    ["the other side waits up to 2 s", false, 0, 2000],
  ] as const) {
    it(`that meets the far side's (491) is sent again: ${who} (RFC 3261 14.1)`, async () => {
      const rig = new Rig(caller);
      await rig.update(offer);
      await rig.responds(491);
      assert.deepEqual([rig.clock.pending, rig.facts.length], [1, 0]);
      rig.clock.advance(Math.max(0, least - 1));
      await settled();
      if (least > 0) assert.equal(rig.link.methods.length, 1, "too early");
      rig.clock.advance(most - least + 1);
      await settled();
      assert.deepEqual(rig.link.methods, ["INVITE", "INVITE"]);
      assert.equal(rig.link.last("INVITE").options.body, "our offer");
      await rig.responds(200, { headers: sdpHeaders, body: "their answer" });
      assert.deepEqual(
        rig.facts.map((fact) => fact.is),
        ["updated"],
      );
    });
  }

  it("that would be sent again is forgotten when the call ends", async () => {
    const rig = new Rig();
    await rig.update(offer);
    await rig.responds(491);
    await rig.end();
    rig.assertOver();
    rig.clock.advance(5000);
    assert.deepEqual(rig.link.methods, ["INVITE", "BYE"]);
  });

  it("that is challenged is sent again with an answer, once", async () => {
    const rig = new Rig();
    const headers = { "www-authenticate": 'Digest realm="t", nonce="n", algorithm=MD5' };
    await rig.update(offer);
    await rig.responds(401, { headers });
    assert.match(rig.link.last("INVITE").options.headers?.["Authorization"] ?? "", /uri="sip:target@192\.0\.2\.7"/);
    await rig.responds(401, { headers });
    assert.equal(rig.link.methods.length, 2);
    assert.deepEqual(
      rig.facts.map((fact) => fact.is),
      ["update-refused"],
    );
  });

  it("whose 2xx comes after the end is acknowledged and nothing else", async () => {
    const rig = new Rig();
    await rig.update(offer);
    await rig.end();
    await rig.responds(200, { headers: sdpHeaders, body: "their answer" });
    assert.deepEqual([rig.link.last("INVITE").acks, rig.facts], [[{}], []]);
  });

  it("that cannot be sent is refused", async () => {
    const rig = new Rig();
    rig.link.isUp = false;
    await rig.update(offer);
    assert.deepEqual(
      rig.facts.map((fact) => fact.is === "update-refused" && fact.cause.code),
      ["network-lost"],
    );
  });
});

describe("other requests in the dialog", () => {
  for (const [method, more, status] of [
    ["OPTIONS", {}, 200],
    ["PRACK", {}, 200],
    ["REFER", {}, 603],
    ["MESSAGE", {}, 405],
    ["SUBSCRIBE", {}, 405],
    ["INFO", {}, 200],
    ["INFO", { body: "x", headers: { "content-type": "text/plain" } }, 415],
  ] as const) {
    it(`${method} is answered with ${status}`, () => {
      const rig = new Rig();
      assert.deepEqual([rig.in(method, more).statuses, rig.facts], [[status], []]);
    });
  }

  it("INFO with a key is a key press", () => {
    const rig = new Rig();
    const headers = { "content-type": "application/dtmf-relay" };
    assert.deepEqual(rig.in("INFO", { headers, body: "Signal=5\r\nDuration=100\r\n" }).statuses, [200]);
    assert.deepEqual(rig.facts, [{ is: "digits", digits: "5", durationMs: 100 }]);
  });

  it("ACK is never answered", () => {
    const rig = new Rig();
    assert.deepEqual([rig.in("ACK", { body: "x" }).responses, rig.facts], [[], []]);
  });
});

describe("a dialog whose SIP server is lost", () => {
  it("ends once, and its retry is forgotten", async () => {
    const rig = new Rig();
    await rig.update(offer);
    await rig.responds(491);
    rig.usage.lost();
    rig.usage.lost();
    await rig.end();
    assert.deepEqual(
      rig.facts.map((fact) => fact.is),
      ["ended"],
    );
    assert.deepEqual(rig.link.methods, ["INVITE"]);
    rig.assertOver();
  });
});
