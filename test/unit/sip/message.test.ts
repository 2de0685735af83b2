import assert from "node:assert/strict";
import { silentLogger } from "../../../gateway/base/log.ts";
import { MemoryAccounts } from "../../../gateway/directory/memory/memory-accounts.ts";
import { MemoryRegistrations } from "../../../gateway/directory/memory/memory-registrations.ts";
import type { IncomingMessage } from "../../../gateway/messaging/carrier.ts";
import { AttemptGuard } from "../../../gateway/sip/attempt-guard.ts";
import { Authenticator } from "../../../gateway/sip/authenticator.ts";
import { DigestCheck, ha1Of } from "../../../gateway/sip/digest.ts";
import { Domains } from "../../../gateway/sip/domains.ts";
import { carriedBy, SipMessages } from "../../../gateway/sip/message.ts";
import { challengesOf, sign } from "../../support/digest-client.ts";
import { FakeInRequest, FakeSipLink, type IncomingOptions } from "../../support/fake-sip-link.ts";
import { settled } from "../../support/settled.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const alice = { domain: "a.example", name: "alice" };
const bob = { domain: "a.example", name: "bob" };

class Rig {
  readonly clock = new VirtualClock();
  readonly link = new FakeSipLink();
  readonly registrations = new MemoryRegistrations(this.clock);
  #ids = 0;
  readonly taken: IncomingMessage[] = [];
  readonly messages: SipMessages;
  says: () => Promise<"kept" | "unknown"> = async () => "kept";

  constructor() {
    const accounts = new MemoryAccounts(
      ["a.example"],
      [{ id: alice, name: "Alice", sip: ha1Of("alice", "a.example", "secret") }],
    );
    const { clock, link, registrations } = this;
    const authenticator = new Authenticator(accounts, new DigestCheck(clock), new AttemptGuard(clock), {
      refused: () => {},
    });
    const domains = new Domains(["a.example", "b.example"], "a.example");
    this.messages = new SipMessages({
      link,
      registrations,
      authenticator,
      domains,
      clock,
      log: silentLogger,
      t1: 500,
    });
  }

  takes(): this {
    this.messages.giveTo((message) => {
      this.taken.push(message);
      return this.says();
    });
    return this;
  }

  /** A MESSAGE of alice that answers the challenge. */
  async receive(more: Partial<IncomingOptions> = {}, password = "secret"): Promise<FakeInRequest> {
    const headers = { from: "<sip:alice@a.example>;tag=1", "content-type": "text/plain", cseq: "2 MESSAGE" };
    const options = { method: "MESSAGE", body: "hi", ...more, headers: { ...headers, ...more.headers } };
    const first = new FakeInRequest(options);
    await this.messages.handle(first);
    if (first.last.status !== 407) return first;
    const [challenge = ""] = challengesOf(first.last.headers?.["Proxy-Authenticate"]);
    const signed = sign({ challenge, username: "alice", password, method: "MESSAGE" });
    const second = new FakeInRequest({ ...options, headers: { ...options.headers, "proxy-authorization": signed } });
    const handled = this.messages.handle(second);
    await settled();
    this.clock.advance(5_000);
    await handled;
    return second;
  }

  async phone(contact: string): Promise<void> {
    const at = { address: "192.0.2.7", port: 5060, transport: "udp" };
    const expiresAt = this.clock.now() + 600_000;
    await this.registrations.put(bob, { contact, ...at, callId: contact, cseq: 1, q: 1, expiresAt });
  }

  async deliver(text = "hi", id = `m${(this.#ids += 1)}`): Promise<() => Promise<string>> {
    const carried = this.messages.deliver(bob, { id, from: alice, name: 'Al "ice"', text, at: 0 });
    await settled();
    return () => carried;
  }
}

describe("a MESSAGE that comes", () => {
  it("is taken with its proved sender, and answered when it is kept", async () => {
    const rig = new Rig().takes();
    const request = await rig.receive({ body: "two\r\nlines\u0007", callId: "c1" });
    assert.equal(request.last.status, 202);
    const [taken] = rig.taken;
    assert.deepEqual(taken && { ...taken, messageId: "" }, {
      from: alice,
      to: bob,
      name: "Alice",
      text: "two\nlines",
      messageId: "",
    });
    await rig.receive({ body: "two\r\nlines", callId: "c1" });
    await rig.receive({ body: "two\r\nlines", callId: "c2" });
    const ids = rig.taken.map(({ messageId }) => messageId);
    assert.deepEqual([ids[0] === ids[1], ids[0] === ids[2]], [true, false]);
    assert.match(ids[0] ?? "", /^[\w-]{1,64}$/);
  });

  it("is answered with 503 when it could not be kept, and before anybody takes it", async () => {
    const rig = new Rig();
    assert.equal((await rig.receive()).last.status, 503);
    rig.takes().says = async () => {
      throw new Error("disk full");
    };
    const { status, headers } = (await rig.receive()).last;
    assert.deepEqual([status, headers], [503, { "Retry-After": "5" }]);
  });

  it("is refused with a wrong password, and nobody is told", async () => {
    const rig = new Rig().takes();
    assert.equal((await rig.receive({}, "wrong")).last.status, 403);
    assert.deepEqual(rig.taken, []);
  });

  for (const [what, status, more] of [
    ["to another domain", 404, { uri: "sip:bob@b.example" }],
    ["to no user", 404, { uri: "tel:+331" }],
    ["of a foreign domain", 403, { headers: { from: "<sip:alice@c.example>;tag=1" } }],
    ["of another type", 415, { headers: { "content-type": "message/cpim" } }],
    ["without a type", 415, { headers: { "content-type": "" } }],
    ["that is compressed", 415, { headers: { "content-encoding": "gzip" } }],
    ["of 16 KiB and one byte", 413, { body: "a".repeat(16_385) }],
    ["of white space", 400, { body: " \r\n" }],
  ] as const)
    it(`${what} is answered with ${status}`, async () => {
      const rig = new Rig().takes();
      assert.equal((await rig.receive(more)).last.status, status);
      assert.deepEqual(rig.taken, []);
    });

  it("to nobody is answered with 404", async () => {
    const rig = new Rig().takes();
    rig.says = async () => "unknown";
    assert.equal((await rig.receive()).last.status, 404);
  });
});

describe("a message to softphones", () => {
  it("goes to all of them, and counts when one has taken it", async () => {
    const rig = new Rig();
    await rig.phone("sip:bob@192.0.2.7");
    await rig.phone("sip:bob@10.0.0.1:5062");
    const carried = await rig.deliver("two\nlines");
    assert.deepEqual(
      rig.link.sent.map(({ options }) => [options.method, options.uri, options.proxy, options.body]),
      [
        ["MESSAGE", "sip:bob@192.0.2.7", undefined, "two\r\nlines"],
        ["MESSAGE", "sip:bob@10.0.0.1:5062", "sip:192.0.2.7:5060", "two\r\nlines"],
      ],
    );
    assert.equal(rig.link.sent[0]?.options.headers?.["Content-Type"], "text/plain;charset=utf-8");
    rig.link.sent[0]?.respond(603);
    rig.link.sent[1]?.respond(200);
    assert.equal(await carried(), "delivered");
  });

  it("comes to each once, though two nodes give it, unless the first time failed", async () => {
    const rig = new Rig();
    await rig.phone("sip:bob@192.0.2.7");
    const [first, second] = [await rig.deliver("hi", "k 1"), await rig.deliver("hi", "k 1")];
    rig.link.sent[0]?.respond(503);
    assert.deepEqual([await first(), await second(), rig.link.sent.length], ["failed", "failed", 1]);
    const third = await rig.deliver("hi", "k 1");
    rig.link.sent[1]?.respond(200);
    assert.deepEqual([await third(), await (await rig.deliver("hi", "k 1"))()], ["delivered", "delivered"]);
    assert.equal(rig.link.sent.length, 2);
  });

  it("is absent where none is registered, and failed where none answers or the SIP server is away", async () => {
    const rig = new Rig();
    assert.equal(await (await rig.deliver())(), "absent");
    await rig.phone("sip:bob@192.0.2.7");
    const carried = await rig.deliver();
    rig.clock.advance(40_000);
    assert.equal(await carried(), "failed");
    rig.link.lose();
    assert.equal(await (await rig.deliver())(), "failed");
    rig.registrations.close();
    assert.equal(rig.clock.pending, 0);
  });

  for (const [status, carried] of [
    [200, "delivered"],
    [202, "delivered"],
    [302, "refused"],
    [401, "refused"],
    [408, "failed"],
    [415, "refused"],
    [480, "failed"],
    [486, "failed"],
    [503, "failed"],
    [603, "refused"],
  ] as const)
    it(`that was answered with ${status} is ${carried}`, () => assert.equal(carriedBy(status), carried));
});
