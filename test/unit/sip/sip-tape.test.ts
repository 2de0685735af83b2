import assert from "node:assert/strict";
import type { SipMessageFact } from "../../../gateway/call/wire.ts";
import { Attempts, type RefusedAttempt } from "../../../gateway/sip/attempts.ts";
import { shown } from "../../../gateway/sip/message-note.ts";
import { SipTape } from "../../../gateway/sip/sip-tape.ts";
import { FakeInRequest, FakeSipLink } from "../../support/fake-sip-link.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const sdp = "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nt=0 0\r\n";
const type = { "Content-Type": "application/sdp" };

function heard(tape: SipTape): SipMessageFact[] {
  const facts: SipMessageFact[] = [];
  tape.listen((fact) => fact.protocol === "sip" && facts.push(fact));
  return facts;
}

const lines = (facts: readonly SipMessageFact[]): string[] =>
  facts.map(({ direction, line, description }) => `${direction} ${line}${description ? ` ${description.kind}` : ""}`);

const header = (fact: SipMessageFact | undefined, name: string): string | undefined =>
  fact?.headers.find(([known]) => known === name)?.[1];

describe("what a SIP tape tells", () => {
  const clock = new VirtualClock();

  it("a request that we send, its responses, ACK and CANCEL", async () => {
    const fake = new FakeSipLink();
    const tape = new SipTape(clock);
    const facts = heard(tape);
    const sent = await tape.link(fake).request({
      method: "INVITE",
      uri: "sip:bob@192.0.2.7:5080",
      headers: { "Call-ID": "c1", Via: "SIP/2.0/UDP 192.0.2.1:5060;branch=z", Authorization: "Digest secret", ...type },
      body: sdp,
    });
    sent.onResponse((response) => response.status === 200 && response.ack());
    const [invite] = fake.sent;
    invite?.respond(180);
    invite?.respond(200, { headers: { ...type, CSeq: "1 INVITE", Contact: "<sip:bob@192.0.2.7:5081>" }, body: sdp });
    await sent.cancel({ Reason: "SIP;cause=200" });
    assert.deepEqual(lines(facts), [
      "out INVITE sip:bob@192.0.2.7:5080 SIP/2.0 offer",
      "in SIP/2.0 180 Ringing",
      "in SIP/2.0 200 OK answer",
      "out ACK sip:bob@192.0.2.7:5081 SIP/2.0",
      "out CANCEL sip:bob@192.0.2.7:5080 SIP/2.0",
    ]);
    const [first, , , ack, cancel] = facts;
    assert.deepEqual(first?.near, { address: "192.0.2.1", port: 5060, transport: "udp" });
    assert.deepEqual(first?.far, { address: "192.0.2.7", port: 5080, transport: "udp" });
    assert.equal(header(ack, "CSeq"), "1 ACK");
    assert.deepEqual([header(cancel, "CSeq"), header(cancel, "Reason")], ["1 CANCEL", "SIP;cause=200"]);
    assert.ok(!JSON.stringify(facts.map(({ headers }) => headers)).includes("secret"), "no credentials");
  });

  it("what our SIP server makes up when nothing came", async () => {
    const fake = new FakeSipLink();
    const tape = new SipTape(clock);
    const facts = heard(tape);
    const sent = await tape.link(fake).request({ method: "INVITE", uri: "sip:bob@192.0.2.7" });
    sent.onResponse(() => {});
    fake.sent[0]?.respond(408, { made: true });
    assert.deepEqual(lines(facts), [
      "out INVITE sip:bob@192.0.2.7 SIP/2.0",
      "in SIP/2.0 408 Request Timeout (made here: nothing came)",
    ]);
  });

  it("a request that arrives, our responses, and its CANCEL; also to a listener that comes later", async () => {
    const tape = new SipTape(clock);
    const arrived = new FakeInRequest({
      method: "INVITE",
      uri: "sip:bob@192.0.2.1",
      headers: { CSeq: "7 INVITE", Via: "SIP/2.0/UDP 192.0.2.7;branch=z,SIP/2.0/UDP 192.0.2.9", To: "<sip:bob@a>" },
      body: sdp,
    });
    const request = tape.request(arrived);
    request.onCancel(() => {});
    await request.respond({ status: 180 });
    arrived.cancel("Q.850;cause=16");
    const facts = heard(tape);
    assert.deepEqual(lines(facts), [
      "in INVITE sip:bob@192.0.2.1 SIP/2.0 offer",
      "out SIP/2.0 180 Ringing",
      "in CANCEL sip:bob@192.0.2.1 SIP/2.0",
      "out SIP/2.0 487 Request Terminated",
    ]);
    assert.equal(header(facts[0], "Via"), "SIP/2.0/UDP 192.0.2.7;branch=z", "the top one");
    assert.match(header(facts[1], "To") ?? "", /;tag=ours/);
  });

  it("an ACK carries the answer when our response offered", async () => {
    const tape = new SipTape(clock);
    const facts = heard(tape);
    await tape.request(new FakeInRequest({ method: "INVITE" })).respond({ status: 200, headers: type, body: sdp });
    tape.request(new FakeInRequest({ method: "ACK", body: sdp, headers: type }));
    assert.deepEqual(
      facts.map(({ description }) => description?.kind),
      [undefined, "offer", "answer"],
    );
  });
});

describe("what of a header value may be kept", () => {
  for (const [value, kept] of [
    ["<sip:bob:hidden@a.example>", "<sip:bob@a.example>"],
    ["<sip:bob@a.example?Authorization=hidden>;q=1", "<sip:bob@a.example>;q=1"],
    ["<sip:bob@192.0.2.7;pn-provider=apns;pn-prid=hidden>", "<sip:bob@192.0.2.7>"],
    ['"Bob: at home" <sip:bob@a.example:5060>;tag=1', '"Bob: at home" <sip:bob@a.example:5060>;tag=1'],
  ] as const)
    it(value, () => assert.equal(shown(value), kept));
});

describe("INVITEs that never become a call", () => {
  const invite = (cseq: number): FakeInRequest =>
    new FakeInRequest({ method: "INVITE", callId: "same", headers: { From: "<sip:eve@a>", CSeq: `${cseq} INVITE` } });

  it("a challenged one and the one with credentials are one story", async () => {
    const told: RefusedAttempt[] = [];
    const clock = new VirtualClock();
    const attempts = new Attempts(clock, (attempt) => told.push(attempt));
    const first = attempts.open(invite(1));
    await first.request.respond({ status: 407 });
    attempts.challenged(first, 407);
    const second = attempts.open(invite(2));
    await second.request.respond({ status: 403 });
    attempts.refused(second, "password", 403);
    assert.deepEqual([told.length, told[0]?.refusal, told[0]?.from], [1, "password", "<sip:eve@a>"]);
    assert.deepEqual(
      told.flatMap(({ tape }) => heard(tape).map(({ line }) => line)),
      ["INVITE sip:bob@a.example SIP/2.0", "SIP/2.0 407 Proxy Authentication Required"].concat(
        "INVITE sip:bob@a.example SIP/2.0",
        "SIP/2.0 403 Forbidden",
      ),
    );
    clock.advance(30_000);
    assert.deepEqual([told.length, clock.pending], [1, 0]);
  });

  it("a challenged one that does not come again had no password", () => {
    const told: RefusedAttempt[] = [];
    const clock = new VirtualClock();
    const attempts = new Attempts(clock, (attempt) => told.push(attempt));
    attempts.challenged(attempts.open(invite(1)), 407);
    clock.advance(25_000);
    assert.deepEqual(
      told.map(({ refusal, status }) => [refusal, status]),
      [["no-password", 407]],
    );
    assert.equal(clock.pending, 0);
  });

  it("holds no timer when it is closed", () => {
    const clock = new VirtualClock();
    const attempts = new Attempts(clock, () => assert.fail("told after the close"));
    attempts.challenged(attempts.open(invite(1)), 407);
    attempts.close();
    assert.equal(clock.pending, 0);
  });
});
