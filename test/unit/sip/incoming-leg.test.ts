import assert from "node:assert/strict";
import { silentLogger } from "../../../gateway/base/log.ts";
import type { CauseCode } from "../../../gateway/call/cause.ts";
import type { LegFact, LegId } from "../../../gateway/call/leg.ts";
import { DialogTable } from "../../../gateway/sip/dialog-table.ts";
import { IncomingLeg } from "../../../gateway/sip/incoming-leg.ts";
import { FakeInRequest, FakeSipLink } from "../../support/fake-sip-link.ts";
import { settled } from "../../support/settled.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const sdpHeaders = { "Content-Type": "application/sdp" };

class Rig {
  readonly clock = new VirtualClock();
  readonly link = new FakeSipLink();
  readonly table = new DialogTable(this.link, this.clock, silentLogger);
  readonly invite = new FakeInRequest({ method: "INVITE", callId: "c" });
  readonly facts: LegFact[] = [];
  readonly leg = new IncomingLeg("leg" as LegId, "rtp", { address: { tel: "+331" } }, this.invite, this.table);

  constructor() {
    this.link.on("request", (request) => void this.table.dispatch(request));
    this.link.on("down", () => this.table.lost());
    this.leg.listen((fact) => this.facts.push(fact));
  }

  async answer(sdp = "answer"): Promise<this> {
    this.leg.command({ do: "answer", description: { kind: "answer", sdp, generation: 1 } });
    await settled();
    return this;
  }

  ack(body = ""): void {
    this.link.receive({ method: "ACK", dialogId: "d-c", body, ...(body !== "" && { headers: sdpHeaders }) });
  }

  async up(): Promise<this> {
    await this.answer();
    this.ack();
    return this;
  }

  async end(code: CauseCode = "normal", sip?: number): Promise<void> {
    this.leg.command({ do: "end", cause: { code, ...(sip !== undefined && { sip }) }, by: "remote" });
    await settled();
  }

  in(method: string, more: { headers?: Record<string, string>; body?: string; unsolicited?: boolean } = {}) {
    return this.link.receive({ method, dialogId: "d-c", ...more });
  }
}

const is = (rig: Rig): readonly string[] => rig.facts.map((fact) => fact.is);

describe("an INVITE that came in", () => {
  it("is told that it rings, hears early media, is answered and acknowledged", async () => {
    const rig = new Rig();
    rig.leg.command({ do: "ringing" });
    rig.leg.command({ do: "early", description: { kind: "answer", sdp: "early", generation: 1 } });
    await rig.answer();
    assert.deepEqual(
      rig.invite.responses.map(({ status, body }) => [status, body]),
      [
        [180, undefined],
        [183, "early"],
        [200, "answer"],
      ],
    );
    assert.deepEqual(is(rig), []);
    rig.ack();
    assert.deepEqual(rig.facts, [{ is: "confirmed" }]);
    rig.ack();
    assert.deepEqual(is(rig), ["confirmed"]);
    assert.equal(rig.table.size, 1);
  });

  it("without an offer brings its answer in the ACK (RFC 3261 13.2.1)", async () => {
    const rig = await new Rig().answer("our offer");
    rig.ack("their answer");
    assert.deepEqual(rig.facts, [
      { is: "confirmed", description: { kind: "answer", sdp: "their answer", generation: 1 } },
    ]);
  });

  it("is answered once, and not told that it rings afterwards", async () => {
    const rig = await new Rig().answer();
    rig.leg.command({ do: "ringing" });
    await rig.answer("again");
    assert.deepEqual(rig.invite.statuses, [200]);
  });

  for (const [code, sip, status] of [
    ["busy", 486, 486],
    ["busy", undefined, 486],
    ["not-found", undefined, 404],
    ["not-allowed", undefined, 403],
    ["no-answer", undefined, 480],
    ["overload", undefined, 503],
    ["redirected", 302, 480],
    ["media-failed", undefined, 488],
    ["declined", 603, 603],
  ] as const) {
    it(`is refused with ${status} for ${code}${sip ? ` (${sip})` : ""}`, async () => {
      const rig = new Rig();
      await rig.end(code, sip);
      assert.deepEqual(rig.invite.statuses, [status]);
      assert.equal(rig.invite.last.headers?.["Retry-After"], status === 503 ? "5" : undefined);
      assert.deepEqual([is(rig), rig.table.size], [[], 0]);
    });
  }

  it("is refused once", async () => {
    const rig = new Rig();
    await rig.end("busy");
    await rig.end("busy");
    await rig.answer();
    assert.deepEqual(rig.invite.statuses, [486]);
  });

  for (const [reason, code] of [
    [undefined, "cancelled"],
    ["SIP;cause=200", "answered-elsewhere"],
    ['Q.850;cause=102;text="expired"', "no-answer"],
  ] as const) {
    it(`that is cancelled ${reason ? `for ${reason}` : "without a reason"} ends as ${code}`, async () => {
      const rig = new Rig();
      rig.leg.command({ do: "ringing" });
      rig.invite.cancel(reason);
      assert.deepEqual(
        rig.facts.map((fact) => fact.is === "ended" && fact.cause.code),
        [code],
      );
      await rig.end();
      assert.deepEqual([rig.invite.statuses, rig.table.size], [[180], 0], "the SIP server has answered 487");
    });
  }
});

describe("an INVITE whose CANCEL crosses our 200", () => {
  it("ends when the SIP server does not take the 200 any more", async () => {
    const rig = new Rig();
    rig.invite.held = true;
    await rig.answer();
    rig.invite.cancel();
    rig.invite.confirm(new Error("unknown transaction"));
    await settled();
    assert.deepEqual(rig.facts, [{ is: "ended", cause: { code: "cancelled", text: "unknown transaction" } }]);
    assert.equal(rig.table.size, 0);
  });

  it("stands when the 200 was first; the caller then says BYE", async () => {
    const rig = await new Rig().answer();
    rig.invite.cancel();
    assert.deepEqual(is(rig), []);
    rig.ack();
    assert.equal(rig.in("BYE").last.status, 200);
    assert.deepEqual(is(rig), ["confirmed", "ended"]);
    assert.equal(rig.table.size, 0);
  });
});

describe("a call that ends around its ACK", () => {
  it("waits with our BYE until the ACK is here (RFC 3261 15)", async () => {
    const rig = await new Rig().answer();
    await rig.end();
    assert.deepEqual(rig.link.methods, []);
    rig.ack();
    await settled();
    assert.deepEqual(rig.link.methods, ["BYE"]);
    assert.deepEqual([is(rig), rig.table.size], [[], 0]);
  });

  it("waits when not even the 200 has left", async () => {
    const rig = new Rig();
    rig.invite.held = true;
    await rig.answer();
    await rig.end();
    rig.invite.confirm();
    await settled();
    assert.deepEqual(rig.link.methods, []);
    rig.ack();
    await settled();
    assert.deepEqual([rig.link.methods, rig.table.size], [["BYE"], 0]);
  });

  it("ends as no-ack when there is none: the SIP server makes a BYE of its own", async () => {
    const rig = await new Rig().answer();
    const bye = rig.in("BYE", { unsolicited: true, headers: { reason: "SIP;cause=200;text=ACK timeout" } });
    assert.deepEqual([bye.responses, rig.facts], [[], [{ is: "ended", cause: { code: "no-ack" } }]]);
    assert.equal(rig.table.size, 0);
  });

  it("holds nothing when there is none and we had ended it already", async () => {
    const rig = await new Rig().answer();
    await rig.end();
    rig.in("BYE", { unsolicited: true, headers: { reason: "SIP;cause=200;text=ACK timeout" } });
    assert.deepEqual([is(rig), rig.table.size, rig.link.methods], [[], 0, []]);
  });

  it("takes a BYE before the ACK", async () => {
    const rig = await new Rig().answer();
    assert.equal(rig.in("BYE").last.status, 200);
    assert.deepEqual([is(rig), rig.table.size], [["ended"], 0]);
  });
});

describe("a caller whose SIP server is lost", () => {
  for (const [phase, prepare] of [
    ["while it rings", async () => new Rig()],
    ["while the ACK is due", async () => new Rig().answer()],
    ["while it is up", async () => new Rig().up()],
  ] as const) {
    it(`${phase} ends once, as network-lost`, async () => {
      const rig = await prepare();
      rig.link.lose();
      rig.link.emit("down", "again");
      assert.deepEqual(
        rig.facts.filter((fact) => fact.is === "ended"),
        [{ is: "ended", cause: { code: "network-lost", text: "SIP server lost" } }],
      );
      assert.equal(rig.table.size, 0);
    });
  }

  it("while the 200 leaves ends once", async () => {
    const rig = new Rig();
    rig.invite.held = true;
    await rig.answer();
    rig.link.lose();
    rig.invite.confirm(new Error("link down"));
    await settled();
    assert.deepEqual([is(rig), rig.table.size], [["ended"], 0]);
  });
});

describe("a request of the caller before the answer", () => {
  for (const [method, status] of [
    ["PRACK", 200],
    ["UPDATE", 500],
    ["INFO", 481],
  ] as const) {
    it(`${method} is answered with ${status}`, () => {
      const rig = new Rig();
      const early = rig.link.receive({ method, dialogId: "early", transactionId: rig.invite.transactionId });
      assert.equal(early.last.status, status);
    });
  }
});
