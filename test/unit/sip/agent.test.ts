import assert from "node:assert/strict";
import { silentLogger } from "../../../gateway/base/log.ts";
import type { Leg, OfferedCall } from "../../../gateway/call/leg.ts";
import { MemoryAccounts } from "../../../gateway/directory/memory/memory-accounts.ts";
import { MemoryRegistrations } from "../../../gateway/directory/memory/memory-registrations.ts";
import { SipAgent, type IncomingCall } from "../../../gateway/sip/agent.ts";
import { AttemptGuard } from "../../../gateway/sip/attempt-guard.ts";
import { Authenticator } from "../../../gateway/sip/authenticator.ts";
import { DialogTable } from "../../../gateway/sip/dialog-table.ts";
import { DigestCheck, ha1Of } from "../../../gateway/sip/digest.ts";
import { Domains } from "../../../gateway/sip/domains.ts";
import { Registrar } from "../../../gateway/sip/registrar.ts";
import { Trunks } from "../../../gateway/sip/trunk.ts";
import { challengesOf, sign } from "../../support/digest-client.ts";
import { FakeSipLink, type FakeInRequest, type IncomingOptions } from "../../support/fake-sip-link.ts";
import { settled } from "../../support/settled.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const sdp = (protocol: string): string => `v=0\r\nm=audio 4000 ${protocol} 0\r\n`;
const trunkSource = { address: "192.0.2.40", port: 5070 };

class Rig {
  readonly clock = new VirtualClock();
  readonly link = new FakeSipLink();
  readonly table = new DialogTable(this.link, this.clock, silentLogger);
  readonly calls: IncomingCall[] = [];
  readonly refused: string[] = [];
  readonly accounts = new MemoryAccounts(
    ["a.example"],
    [{ id: { domain: "a.example", name: "alice" }, name: "Alice", sip: ha1Of("alice", "a.example", "secret") }],
  );
  readonly agent: SipAgent;

  constructor() {
    const { accounts } = this;
    const domains = new Domains(["a.example"], "a.example");
    const authenticator = new Authenticator(accounts, new DigestCheck(this.clock), new AttemptGuard(this.clock), {
      refused: () => {},
    });
    const registrations = new MemoryRegistrations(this.clock);
    const shared = { accounts, registrations, authenticator, domains, clock: this.clock, log: silentLogger };
    const trunks = new Trunks([
      {
        name: "t",
        address: "192.0.2.40:5070",
        transport: "udp",
        profile: { name: "t", media: "srtp", codecs: "follow" },
        inbound: { "+33100": "alice@a.example", "200": "bob@a.example" },
      },
    ]);
    this.agent = new SipAgent({ ...shared, table: this.table, registrar: new Registrar(shared), trunks });
    this.agent.on("incoming", (call) => this.calls.push(call));
    this.agent.on("refused", (reason) => this.refused.push(reason));
  }

  async receive(options: IncomingOptions): Promise<FakeInRequest> {
    const request = this.link.receive(options);
    await settled();
    return request;
  }

  /** An INVITE of alice's phone that answers the challenge. */
  async invite(more: Partial<IncomingOptions> = {}): Promise<FakeInRequest> {
    const headers = { from: "<sip:alice@a.example>;tag=1", ...more.headers };
    const options = { method: "INVITE", uri: "sip:bob@a.example", ...more, headers };
    const first = await this.receive(options);
    assert.equal(first.last.status, 407);
    const [challenge = ""] = challengesOf(first.last.headers?.["Proxy-Authenticate"]);
    const signed = { challenge, username: "alice", password: "secret", method: "INVITE" };
    return this.receive({ ...options, headers: { ...headers, "proxy-authorization": sign(signed) } });
  }

  get call(): IncomingCall {
    const [call, ...more] = this.calls;
    assert.ok(call && more.length === 0, `${this.calls.length} calls`);
    return call;
  }
}

describe("a phone that calls", () => {
  it("is asked who it is, and then has a call", async () => {
    const rig = new Rig();
    const body = sdp("RTP/AVP");
    const invite = await rig.invite({ body });
    const { leg, ...call } = rig.call;
    assert.deepEqual(invite.responses, []);
    assert.deepEqual(call, {
      target: { user: "bob@a.example" },
      domain: "a.example",
      caller: { domain: "a.example", name: "alice" },
      offer: { kind: "offer", sdp: body, generation: 1 },
    });
    assert.deepEqual(leg.party, {
      address: { user: "alice@a.example" },
      user: "alice@a.example",
      name: "Alice",
    });
    assert.equal(rig.agent.dialogs, 1);
  });

  for (const [uri, target] of [
    ["sip:600@a.example", { tel: "600" }],
    ["sip:+33123456789@127.0.0.1:5060;user=phone", { tel: "+33123456789" }],
    ["sip:%2B33123456789@a.example", { tel: "+33123456789" }],
    ["sip:*21%23@a.example", { tel: "*21#" }],
    ["tel:+33-1-23", { tel: "+33-1-23" }],
    ["sip:bob@192.0.2.1", { user: "bob@a.example" }],
    ["sips:bob@A.Example", { user: "bob@a.example" }],
    ["sip:carol@c.example;transport=tcp", { sip: "sip:carol@c.example;transport=tcp" }],
  ] as const) {
    it(`means ${JSON.stringify(target)} by ${uri}`, async () => {
      const rig = new Rig();
      await rig.invite({ uri });
      assert.deepEqual(rig.call.target, target);
    });
  }

  for (const uri of ["sip:a.example", "sip:a%2Fb@a.example", "http://a.example", "nonsense"]) {
    it(`is told 404 for ${uri}`, async () => {
      const rig = new Rig();
      assert.equal((await rig.invite({ uri })).last.status, 404);
      assert.deepEqual([rig.calls, rig.agent.dialogs, rig.refused], [[], 0, ["bad-target"]]);
    });
  }

  for (const [protocol, transport, kind] of [
    ["RTP/AVP", "udp", "rtp"],
    ["RTP/SAVP", "udp", "srtp"],
    ["UDP/TLS/RTP/SAVPF", "ws", "web"],
    ["RTP/AVP", "ws", "rtp"],
    [undefined, "ws", "web"],
    [undefined, "udp", "rtp"],
  ] as const) {
    it(`has ${kind} media with ${protocol ?? "no offer"} over ${transport}`, async () => {
      const rig = new Rig();
      await rig.invite({ source: { transport }, ...(protocol && { body: sdp(protocol) }) });
      assert.equal(rig.call.leg.kind, kind);
    });
  }

  it("and gives up while it is asked who it is has no call, and holds nothing", async () => {
    const rig = new Rig();
    rig.link.on("request", (request) => (request as FakeInRequest).cancel());
    await rig.invite();
    assert.deepEqual([rig.calls, rig.agent.dialogs], [[], 0]);
  });

  it("never brings its own words on who it is to the other leg", async () => {
    const rig = new Rig();
    await rig.invite({
      headers: {
        from: '"The President" <sip:alice@a.example>;tag=1',
        "p-asserted-identity": "<sip:president@a.example>",
        "p-preferred-identity": "<sip:president@a.example>",
        "remote-party-id": "<sip:president@a.example>",
        "x-secret": "forged",
        diversion: "<sip:president@a.example>",
      },
    });
    const { party } = rig.call.leg;
    const called = rig.agent.outgoing({ party: bob, kind: "rtp", uri: "sip:bob@192.0.2.7", host: "a.example" });
    await offer(called, { callId: "c", reference: "r", from: party });
    const { headers = {} } = rig.link.last("INVITE").options;
    assert.deepEqual(Object.keys(headers).sort(), ["Allow", "From", "To"]);
    assert.equal(headers["From"], '"Alice" <sip:alice@a.example>');
    assert.equal(JSON.stringify(headers).includes("resident"), false);
  });
});

const bob = { address: { user: "bob@a.example" } };

async function offer(leg: Leg, call: OfferedCall): Promise<void> {
  leg.command({ do: "offer", call });
  await settled();
}

describe("a stranger who calls", () => {
  for (const from of ["<sip:eve@c.example>;tag=1", "<tel:+331>;tag=1", "nonsense", ""]) {
    it(`as ${from || "nobody"} is refused with 403`, async () => {
      const rig = new Rig();
      const invite = await rig.receive({ method: "INVITE", headers: { from } });
      assert.deepEqual([invite.statuses, rig.refused], [[403], ["unknown-caller"]]);
      assert.deepEqual([rig.calls, rig.agent.dialogs], [[], 0]);
    });
  }

  it("as a user that there is not is asked for a password like any other", async () => {
    const rig = new Rig();
    const invite = await rig.receive({ method: "INVITE", headers: { from: "<sip:nobody@a.example>;tag=1" } });
    assert.deepEqual(invite.statuses, [407]);
  });
});

describe("a trunk that calls", () => {
  const from = '"Shop" <sip:+33777@carrier.example>;tag=1';

  it("reaches the user whose number was called, in the trunk's kind of media", async () => {
    const rig = new Rig();
    await rig.receive({ method: "INVITE", uri: "sip:+33100@gw", headers: { from }, source: trunkSource });
    const { leg, target, domain, caller } = rig.call;
    assert.deepEqual([target, domain, caller, leg.kind], [{ user: "alice@a.example" }, "a.example", undefined, "srtp"]);
    assert.deepEqual(leg.party, { address: { tel: "+33777" }, name: "Shop" });
  });

  it("may name the caller by P-Asserted-Identity (RFC 3325 9.1)", async () => {
    const rig = new Rig();
    const headers = { from, "p-asserted-identity": "<sip:+33888@carrier.example>" };
    await rig.receive({ method: "INVITE", uri: "tel:+33100", headers, source: trunkSource });
    assert.deepEqual(rig.call.leg.party, { address: { tel: "+33888" } });
  });

  for (const [value, address] of [
    ["<sip:anonymous@anonymous.invalid>", { sip: "sip:anonymous@anonymous.invalid" }],
    ["nonsense", { tel: "anonymous" }],
  ] as const) {
    it(`without a number is ${JSON.stringify(address)}`, async () => {
      const rig = new Rig();
      const uri = "sip:+200@gw";
      await rig.receive({ method: "INVITE", uri, headers: { from: value }, source: trunkSource });
      assert.deepEqual(rig.call.leg.party.address, address);
    });
  }

  it("is told 404 for a number that is nobody's", async () => {
    const rig = new Rig();
    const invite = await rig.receive({
      method: "INVITE",
      uri: "sip:+33999@gw",
      headers: { from },
      source: trunkSource,
    });
    assert.deepEqual([invite.statuses, rig.agent.dialogs], [[404], 0]);
  });

  for (const [what, headers, body, status, said] of [
    ["an extension that we lack", { require: "100rel, precondition,Replaces" }, "v=0", 420, "precondition, Replaces"],
    ["a packed description", { "content-encoding": "gzip" }, "v=0", 415, "identity"],
    ["another kind of description", { "content-type": "application/x-sound" }, "hello", 415, "application/sdp"],
    ["having passed too many servers", { "max-forwards": "0" }, "v=0", 483, undefined],
  ] as const) {
    it(`with ${what} is refused with ${status} (RFC 3261 8.2.2.3, 8.2.3, RFC 7332)`, async () => {
      const rig = new Rig();
      const more = { headers: { from, ...headers }, body, source: trunkSource };
      const { last, statuses } = await rig.receive({ method: "INVITE", uri: "sip:+33100@gw", ...more });
      const told = ["Unsupported", "Accept-Encoding", "Accept"].map((name) => last.headers?.[name]);
      assert.deepEqual([statuses, told.find((value) => value !== undefined)], [[status], said]);
      assert.deepEqual([rig.refused, rig.calls, rig.agent.dialogs], [["not-understood"], [], 0]);
    });
  }

  it("may send what can be ignored, and says how far its call may go", async () => {
    const rig = new Rig();
    const headers = { from, "content-type": "text/plain", "content-disposition": "render;handling=optional" };
    const more = { headers: { ...headers, "max-forwards": "12", require: "100rel" }, body: "hi", source: trunkSource };
    await rig.receive({ method: "INVITE", uri: "sip:+33100@gw", ...more });
    assert.deepEqual([rig.call.leg.hops, rig.call.offer], [12, undefined]);
  });

  it("is not believed from another port", async () => {
    const rig = new Rig();
    const source = { ...trunkSource, port: 5071 };
    const invite = await rig.receive({ method: "INVITE", uri: "sip:+33100@gw", headers: { from }, source });
    assert.deepEqual(invite.statuses, [403]);
  });
});

describe("other requests", () => {
  for (const [what, options, statuses] of [
    ["OPTIONS", { method: "OPTIONS" }, [200]],
    ["REGISTER of nobody of ours", { method: "REGISTER", headers: { to: "<sip:x@c.example>" } }, [404]],
    ["MESSAGE", { method: "MESSAGE" }, [405]],
    ["SUBSCRIBE", { method: "SUBSCRIBE" }, [405]],
    ["INFO", { method: "INFO" }, [405]],
    ["REGISTER that needs more than we know", { method: "REGISTER", headers: { require: "outbound" } }, [420]],
    ["INFO with somebody's To tag", { method: "INFO", headers: { to: "<sip:x@a.example>;tag=guessed" } }, [481]],
    ["BYE without a dialog", { method: "BYE" }, [481]],
    ["UPDATE without a dialog", { method: "UPDATE" }, [481]],
    ["BYE in a dialog that is not there", { method: "BYE", dialogId: "gone" }, [481]],
    ["re-INVITE in a dialog that is not there", { method: "INVITE", dialogId: "gone" }, [481]],
    ["INFO in a dialog that is not there", { method: "INFO", dialogId: "gone" }, [481]],
    ["PRACK", { method: "PRACK", dialogId: "early" }, [200]],
    ["ACK", { method: "ACK" }, []],
    ["ACK in a dialog that is not there", { method: "ACK", dialogId: "gone" }, []],
    ["what the SIP server made itself", { method: "BYE", dialogId: "gone", unsolicited: true }, []],
  ] as [string, IncomingOptions, number[]][]) {
    it(`${what}: ${statuses.join() || "no answer"}`, async () => {
      assert.deepEqual((await new Rig().receive(options)).statuses, statuses);
    });
  }

  it("says what it can to OPTIONS, and to a method that it does not know", async () => {
    const rig = new Rig();
    const { headers } = (await rig.receive({ method: "OPTIONS" })).last;
    assert.match(headers?.["Allow"] ?? "", /INVITE/);
    assert.equal(headers?.["Accept"], "application/sdp, text/plain");
    assert.match((await rig.receive({ method: "PUBLISH" })).last.headers?.["Allow"] ?? "", /INVITE/);
  });

  it("are answered with 500 when something breaks, and the next one is served", async () => {
    const rig = new Rig();
    rig.accounts.find = () => Promise.reject(new Error("the directory is gone"));
    const broken = await rig.receive({ method: "REGISTER", headers: { to: "<sip:alice@a.example>" } });
    assert.deepEqual(broken.statuses, [500]);
    assert.deepEqual((await rig.receive({ method: "OPTIONS" })).statuses, [200]);
  });
});

describe("a lost SIP server", () => {
  it("ends every leg", async () => {
    const rig = new Rig();
    await rig.invite();
    const ended: string[] = [];
    rig.call.leg.listen((fact) => fact.is === "ended" && ended.push(fact.cause.code));
    rig.link.lose();
    assert.deepEqual([ended, rig.agent.dialogs, rig.agent.isUp], [["network-lost"], 0, false]);
  });

  it("is not listened to any more once the agent is closed", async () => {
    const rig = new Rig();
    rig.agent.close();
    assert.deepEqual((await rig.receive({ method: "OPTIONS" })).responses, []);
  });
});
