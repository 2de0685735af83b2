import assert from "node:assert/strict";
import { silentLogger } from "../../../gateway/base/log.ts";
import type { LegFact, LegId, OfferedCall } from "../../../gateway/call/leg.ts";
import { parseAuthValue } from "../../../gateway/sip-syntax/credentials.ts";
import { DialogTable } from "../../../gateway/sip/dialog-table.ts";
import { OutgoingLeg, type OutgoingRoute } from "../../../gateway/sip/outgoing-leg.ts";
import { FakeSipLink } from "../../support/fake-sip-link.ts";
import { settled } from "../../support/settled.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const sdpHeaders = { "Content-Type": "application/sdp" };
const call: OfferedCall = {
  callId: "call",
  reference: "K7F3QM",
  from: { address: { user: "alice@a.example" }, name: "Alice" },
};
const route: OutgoingRoute = {
  party: { address: { user: "bob@a.example" }, user: "bob@a.example" },
  kind: "rtp",
  uri: "sip:bob@192.0.2.7:5060",
  host: "a.example",
};

class Rig {
  readonly clock = new VirtualClock();
  readonly link = new FakeSipLink();
  readonly table = new DialogTable(this.link, this.clock, silentLogger);
  readonly facts: LegFact[] = [];
  readonly leg: OutgoingLeg;

  constructor(more: Partial<OutgoingRoute> = {}) {
    this.link.on("request", (request) => void this.table.dispatch(request));
    this.link.on("down", () => this.table.lost());
    this.leg = new OutgoingLeg("leg" as LegId, { ...route, ...more }, this.table);
    this.leg.listen((fact) => this.facts.push(fact));
  }

  /** Rings with an offer, or without one. */
  async offer(sdp: string | undefined = "offer"): Promise<this> {
    const description = { kind: "offer", sdp: sdp ?? "", generation: 1 } as const;
    this.leg.command({ do: "offer", call, ...(sdp !== "" && { description }) });
    await settled();
    return this;
  }

  get invite() {
    return this.link.last("INVITE");
  }

  /** The call is up. */
  async answered(): Promise<this> {
    await this.offer();
    this.invite.respond(200, { headers: sdpHeaders, body: "answer" });
    this.leg.command({ do: "confirm" });
    return this;
  }

  async end(code: "cancelled" | "normal" | "answered-elsewhere" = "normal"): Promise<void> {
    this.leg.command({ do: "end", cause: { code }, by: "remote" });
    await settled();
  }
}

const is = (rig: Rig): readonly string[] => rig.facts.map((fact) => fact.is);

describe("an INVITE that we send", () => {
  it("names caller and callee, offers, and says what we can", async () => {
    const { invite } = await new Rig({ proxy: "sip:192.0.2.9:40000", headers: { "X-Route": "1" } }).offer();
    assert.deepEqual(invite.options, {
      method: "INVITE",
      uri: "sip:bob@192.0.2.7:5060",
      proxy: "sip:192.0.2.9:40000",
      headers: {
        From: '"Alice" <sip:alice@a.example>',
        To: "<sip:bob@a.example>",
        Allow: "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, PRACK, REGISTER",
        Supported: "100rel",
        "X-Route": "1",
        ...sdpHeaders,
      },
      body: "offer",
    });
  });

  it("leaves the refreshing to a far end that may ask for a password (RFC 4028)", async () => {
    const { invite } = await new Rig({ credentials: { username: "u", password: "p" } }).offer();
    const { Supported, "Session-Expires": expires } = invite.options.headers ?? {};
    assert.deepEqual([Supported, expires], ["100rel, timer", "1800;refresher=uas"]);
  });

  it("may go one server less far than its caller's (RFC 7332)", async () => {
    const rig = new Rig();
    rig.leg.command({ do: "offer", call: { ...call, hops: 11 } });
    await settled();
    assert.equal(rig.invite.options.headers?.["Max-Forwards"], "11");
  });

  it("shows the caller as the route wants it", async () => {
    const { invite } = await new Rig({ from: { address: { tel: "+3399" } } }).offer();
    assert.equal(invite.options.headers?.["From"], "<sip:+3399@a.example>");
  });

  it("without an offer takes no reliable provisional response, whose offer PRACK would have to answer (RFC 3262 5)", async () => {
    const { invite } = await new Rig().offer("");
    assert.deepEqual([invite.options.body, invite.options.headers?.["Supported"]], [undefined, undefined]);
    assert.equal(invite.options.headers?.["Content-Type"], undefined);
  });

  it("rings, is answered, acknowledged, and holds one dialog", async () => {
    const rig = await new Rig().offer();
    rig.invite.respond(180);
    rig.invite.respond(200, { headers: sdpHeaders, body: "answer" });
    assert.deepEqual(rig.facts, [
      { is: "ringing" },
      { is: "answered", description: { kind: "answer", sdp: "answer", generation: 1 } },
    ]);
    assert.deepEqual(rig.invite.acks, [{}]);
    assert.equal(rig.table.size, 1);
  });

  it("acknowledges a 2xx that comes again, and says nothing", async () => {
    const rig = await new Rig().answered();
    rig.invite.respond(200, { headers: sdpHeaders, body: "answer" });
    await settled();
    assert.deepEqual([rig.invite.acks.length, is(rig), rig.link.methods], [2, ["answered"], ["INVITE"]]);
  });

  it("releases a second fork that answers as well (RFC 3261 13.2.2.4)", async () => {
    const rig = await new Rig().answered();
    rig.invite.respond(200, { headers: sdpHeaders, body: "answer", dialogId: "dialog-2" });
    await settled();
    assert.equal(rig.invite.acks.length, 2);
    assert.equal(rig.link.last("BYE").options.dialogId, "dialog-2");
    assert.deepEqual([is(rig), rig.table.size], [["answered"], 1]);
    await rig.end();
    assert.equal(rig.link.last("BYE").options.dialogId, "dialog-1");
    assert.equal(rig.table.size, 0);
  });

  it("takes early media of each fork, and PRACKs what is reliable (RFC 3262 4)", async () => {
    const rig = await new Rig().offer();
    rig.invite.respond(183, { headers: { ...sdpHeaders, RSeq: "1" }, body: "early 1", dialogId: "fork-1" });
    rig.invite.respond(180, { dialogId: "fork-2" });
    rig.invite.respond(183, { headers: sdpHeaders, body: "early 2", dialogId: "fork-2" });
    assert.deepEqual(rig.facts, [
      { is: "early", description: { kind: "answer", sdp: "early 1", generation: 1 } },
      { is: "ringing" },
      { is: "early", description: { kind: "answer", sdp: "early 2", generation: 1 } },
    ]);
    assert.equal(rig.invite.acks.length, 1);
  });

  it("says nothing of a fork that has failed (RFC 6228)", async () => {
    const rig = await new Rig().offer();
    rig.invite.respond(180);
    rig.invite.respond(199);
    assert.deepEqual(is(rig), ["ringing"]);
  });

  it("is answered without a description when an early one stands", async () => {
    const rig = await new Rig().offer();
    rig.invite.respond(183, { headers: { ...sdpHeaders, RSeq: "1" }, body: "early" });
    rig.invite.respond(200);
    assert.deepEqual(rig.facts.at(-1), { is: "answered" });
    assert.equal(rig.invite.acks.length, 2);
  });

  it("without an offer sends the answer in the ACK (RFC 3261 13.2.2.4)", async () => {
    const rig = await new Rig().offer("");
    rig.invite.respond(200, { headers: sdpHeaders, body: "their offer" });
    assert.deepEqual(rig.facts.at(-1), {
      is: "answered",
      description: { kind: "offer", sdp: "their offer", generation: 1 },
    });
    assert.deepEqual(rig.invite.acks, []);
    rig.leg.command({ do: "confirm", description: { kind: "answer", sdp: "our answer", generation: 1 } });
    assert.deepEqual(rig.invite.acks, [{ headers: sdpHeaders, body: "our answer" }]);
  });

  it("without an offer is acknowledged and released when the call ends before there is an answer", async () => {
    const rig = await new Rig().offer("");
    rig.invite.respond(200, { headers: sdpHeaders, body: "their offer" });
    await rig.end();
    assert.deepEqual([rig.invite.acks, rig.link.methods, rig.table.size], [[{}], ["INVITE", "BYE"], 0]);
  });

  for (const [status, code] of [
    [486, "busy"],
    [603, "declined"],
    [404, "not-found"],
    [480, "unavailable"],
    [500, "server-error"],
    [401, "not-allowed"],
  ] as const) {
    it(`that is refused with ${status} ends as ${code}`, async () => {
      const rig = await new Rig().offer();
      rig.invite.respond(status);
      assert.deepEqual(rig.facts, [{ is: "ended", cause: { code, sip: status } }]);
      assert.equal(rig.table.size, 0);
    });
  }

  it("to which nobody reacts ends as peer-timeout", async () => {
    const rig = await new Rig().offer();
    rig.invite.respond(408, { made: true });
    assert.deepEqual(rig.facts, [{ is: "ended", cause: { code: "peer-timeout", sip: 408 } }]);
  });

  it("that is redirected tells where to, and leaves out what is no address", async () => {
    const rig = await new Rig().offer();
    const Contact = '"Carol, home" <sip:carol@a.example>;q=0.9, nonsense, <tel:+331>';
    rig.invite.respond(302, { headers: { Contact } });
    await rig.end();
    assert.deepEqual(rig.facts, [{ is: "redirected", targets: ["sip:carol@a.example", "tel:+331"], sip: 302 }]);
    assert.deepEqual([rig.link.methods, rig.invite.cancels], [["INVITE"], []]);
  });
});

describe("a leg that ends before it is answered", () => {
  it("is cancelled (RFC 3261 9.1), with the reason when others answered", async () => {
    const rig = await new Rig().offer();
    rig.invite.respond(180);
    await rig.end("answered-elsewhere");
    assert.deepEqual(rig.invite.cancels, [{ Reason: 'SIP;cause=200;text="Call completed elsewhere"' }]);
    rig.invite.respond(487);
    assert.deepEqual([is(rig), rig.table.size], [["ringing"], 0]);
  });

  it("is cancelled once, however often it is ended", async () => {
    const rig = await new Rig().offer();
    await rig.end();
    await rig.end();
    assert.equal(rig.invite.cancels.length, 1);
  });

  it("is cancelled as soon as the INVITE has left", async () => {
    const rig = new Rig();
    const offering = rig.offer();
    await rig.end();
    await offering;
    assert.equal(rig.invite.cancels.length, 1);
  });

  it("is not rung at all before its offer", async () => {
    const rig = new Rig();
    await rig.end();
    await rig.offer();
    assert.deepEqual(rig.link.methods, []);
  });

  it("and whose 200 crosses the CANCEL is acknowledged, then released with BYE", async () => {
    const rig = await new Rig().offer();
    await rig.end("cancelled");
    rig.invite.respond(200, { headers: sdpHeaders, body: "answer" });
    await settled();
    assert.deepEqual([rig.invite.cancels.length, rig.invite.acks.length], [1, 1]);
    assert.equal(rig.link.last("BYE").options.dialogId, "dialog-1");
    assert.deepEqual([is(rig), rig.table.size], [[], 0]);
  });
});

describe("a trunk that asks for a password", () => {
  const credentials = { username: "trunk-user", password: "p" };
  const md5 = 'Digest realm="t", nonce="n1", qop="auth", algorithm=MD5';
  const sha = 'Digest realm="t", nonce="n2", qop="auth", algorithm=SHA-256';

  for (const [status, challenge, answer] of [
    [401, "WWW-Authenticate", "Authorization"],
    [407, "Proxy-Authenticate", "Proxy-Authorization"],
  ] as const) {
    it(`with ${status} is answered once, in the same call, with the next CSeq (RFC 3261 22.2)`, async () => {
      const rig = await new Rig({ credentials }).offer();
      const [first] = rig.link.sent;
      first?.respond(status, { headers: { [challenge]: `${md5}\r\n${challenge}: ${sha}` } });
      await settled();
      const { options } = rig.invite;
      assert.equal(rig.link.sent.length, 2);
      assert.deepEqual(
        [options.headers?.["Call-ID"], options.headers?.["CSeq"], options.headers?.["From"], options.body],
        ["call-1", "2 INVITE", '"Alice" <sip:alice@a.example>;tag=ours', "offer"],
      );
      const { params } = parseAuthValue(options.headers?.[answer] ?? "");
      assert.deepEqual([params.get("uri"), params.get("username")], [route.uri, "trunk-user"]);
      rig.invite.respond(status, { headers: { [challenge]: md5 } });
      await settled();
      assert.equal(rig.link.sent.length, 2);
      assert.deepEqual(rig.facts, [{ is: "ended", cause: { code: "not-allowed", sip: status } }]);
      assert.equal(rig.table.size, 0);
    });
  }

  it("is answered by SHA-256 when it offers that", async () => {
    const rig = await new Rig({ credentials }).offer();
    rig.invite.respond(401, { headers: { "WWW-Authenticate": `${md5}, ${sha}` } });
    await settled();
    const { params } = parseAuthValue(rig.invite.options.headers?.["Authorization"] ?? "");
    assert.deepEqual([params.get("algorithm"), params.get("nonce")], ["SHA-256", "n2"]);
  });

  it("is told nothing when we have no password, or cannot answer", async () => {
    for (const rig of [await new Rig().offer(), await new Rig({ credentials }).offer()]) {
      rig.invite.respond(407, { headers: { "Proxy-Authenticate": 'Digest realm="t", nonce="n", algorithm=X' } });
      await settled();
      assert.deepEqual(rig.facts, [{ is: "ended", cause: { code: "not-allowed", sip: 407 } }]);
    }
  });

  it("is not asked again when the call ends meanwhile", async () => {
    const rig = await new Rig({ credentials }).offer();
    const [first] = rig.link.sent;
    first?.respond(407, { headers: { "Proxy-Authenticate": md5 } });
    await rig.end();
    assert.deepEqual(first?.cancels, [], "that transaction is over");
    assert.equal(rig.invite.cancels.length, 1);
  });

  it("may ask for it again inside the call", async () => {
    const rig = await new Rig({ credentials }).answered();
    await rig.end();
    rig.link.last("BYE").respond(407, { headers: { "Proxy-Authenticate": md5 } });
    await settled();
    const again = rig.link.last("BYE").options;
    assert.equal(rig.link.methods.filter((method) => method === "BYE").length, 2);
    const { params } = parseAuthValue(again.headers?.["Proxy-Authorization"] ?? "");
    assert.equal(params.get("uri"), "sip:target@192.0.2.7", "the Request-URI (RFC 7616 3.4)");
    rig.link.last("BYE").respond(407, { headers: { "Proxy-Authenticate": md5 } });
    await settled();
    assert.equal(rig.link.methods.filter((method) => method === "BYE").length, 2);
  });
});

describe("a leg whose SIP server is lost", () => {
  for (const [phase, prepare] of [
    ["while it rings", async () => new Rig().offer()],
    ["while it is up", async () => new Rig().answered()],
  ] as const) {
    it(`${phase} ends as network-lost`, async () => {
      const rig = await prepare();
      rig.link.lose();
      assert.deepEqual(rig.facts.at(-1), { is: "ended", cause: { code: "network-lost", text: "SIP server lost" } });
      assert.equal(is(rig).filter((what) => what === "ended").length, 1);
      assert.deepEqual([rig.table.size, rig.clock.pending], [0, 0]);
    });
  }

  it("before it rings ends as unavailable", async () => {
    const rig = new Rig();
    rig.link.isUp = false;
    await rig.offer();
    assert.deepEqual(
      rig.facts.map((fact) => fact.is === "ended" && [fact.cause.code, fact.cause.sip]),
      [["unavailable", 503]],
    );
    assert.equal(rig.table.size, 0);
  });

  it("after it was ended says nothing more", async () => {
    const rig = await new Rig().offer();
    await rig.end();
    rig.link.lose();
    assert.deepEqual([is(rig), rig.table.size], [[], 0]);
  });
});

describe("a request of the callee before the answer", () => {
  it("that offers is told to wait (RFC 3311 5.2)", async () => {
    const rig = await new Rig().offer();
    const update = rig.link.receive({ method: "UPDATE", dialogId: "d", transactionId: rig.invite.transactionId });
    assert.equal(update.last.status, 500);
    assert.ok(update.last.headers?.["Retry-After"]);
  });
});
