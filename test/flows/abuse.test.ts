import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { Chromium, hearsTone } from "../support/chromium.ts";
import { browserAnswer, browserOffer, FrameClient, type Received } from "../support/frame-client.ts";
import { domain, otherDomain, patience, TestGateway } from "../support/gateway.ts";
import { PhonePage } from "../support/phone-page.ts";
import { RawConnection } from "../support/raw-connection.ts";
import { RegisteredUa } from "../support/registered-ua.ts";
import { phoneOffer } from "../support/sdp-samples.ts";
import { newBranch, only, SipUa, type SipDialog, type SipMessage } from "../support/sip-ua.ts";
import { until } from "../support/until.ts";

const pageHz = 1000;
const phoneHz = 440;
/** An account without a name: what its page calls itself is believed. */
const nameless = `frank@${domain}`;

/** What nobody well-meaning sends. A call stands all the while, and its sound must stay unharmed. */
describe("abuse", function () {
  this.timeout(patience);
  let gateway: TestGateway;
  let browser: Chromium;
  let alice: PhonePage<Page>;
  let carol: RegisteredUa;
  let standing: SipDialog;
  let children: number[];
  const toClose: { close(): Promise<void> }[] = [];

  before(async () => {
    [gateway, browser] = await Promise.all([
      // What is refused is asked here, and not how much is too much: admission has tests of its own.
      TestGateway.start({
        accounts: [{ user: nameless }],
        env: { GATEWAY_SIP_MAX_LAG: "10000", GATEWAY_SIP_MAX_BUSY: "10000" },
      }),
      Chromium.launch({ toneHz: pageHz }),
    ]);
    children = gateway.children();
    carol = await RegisteredUa.open(gateway, "carol");
    alice = await PhonePage.open(await browser.page(), gateway, "alice");
    await alice.call({ user: `carol@${domain}` });
    standing = await carol.answerWithTone(await carol.ua.request("INVITE"), phoneHz);
    await alice.state("connected");
    await hearsTone(alice.page, phoneHz, pageHz);
  });

  afterEach(async () => {
    for (const one of toClose.splice(0)) await one.close();
  });

  after(async () => {
    await hearsTone(alice.page, phoneHz, pageHz);
    assert.equal((await alice.current())?.state, "connected");
    carol.ua.send(standing, "BYE");
    assert.equal((await carol.ua.final(standing, "BYE")).status, 200);
    await alice.ended();
    await carol.close();
    await browser?.close();
    assert.deepEqual(gateway.children(), children, "a process died of it");
    await gateway?.assertIdle();
    await gateway?.stop();
  });

  const page = async (name: string): Promise<FrameClient> => closing(await FrameClient.signedIn(gateway, name));
  const phone = async (name: string): Promise<RegisteredUa> => closing(await RegisteredUa.open(gateway, name));
  const tcp = async (): Promise<RawConnection> => closing(await RawConnection.tcp(gateway.sipPort));
  const webSocket = async (): Promise<RawConnection> => closing(await RawConnection.webSocket(gateway.wsPort));
  const stranger = async (address?: string): Promise<SipUa> => closing(await SipUa.open("stranger", 0, address));
  const metric = async (name: string): Promise<number> => (await gateway.metrics())[name] ?? 0;
  const peer = () => ({ address: "127.0.0.1", port: gateway.sipPort });

  /** Closes it after the test. */
  function closing<T extends { close(): Promise<void> }>(one: T): T {
    toClose.unshift(one);
    return one;
  }

  async function alive(client: FrameClient): Promise<void> {
    assert.equal((await client.request("ping")).type, "pong");
  }

  describe("by a page", () => {
    const target = { user: `dave@${domain}` };
    const description = { kind: "offer", sdp: browserOffer, generation: 1 };

    const malformed: readonly (readonly [string, string | Buffer])[] = [
      ["text that is not JSON", "INVITE sip:carol@offhook.test SIP/2.0"],
      ["half a JSON text", '{"type":"ping","id":"1"'],
      ["a binary frame", Buffer.from(JSON.stringify({ type: "ping", id: "1" }))],
      ["a JSON array", '[{"type":"ping","id":"1"}]'],
      ["a JSON string", '"ping"'],
      ["JSON null", "null"],
      ["an object without a type", '{"id":"1"}'],
      ["a type that is a number", '{"type":7,"id":"1"}'],
      ["a request without an id", '{"type":"ping"}'],
      ["a deep nest", `${"[".repeat(50_000)}${"]".repeat(50_000)}`],
    ];

    for (const [what, data] of malformed) {
      it(`${what} is a bad frame, and the next one is served`, async () => {
        const client = await page("bob");
        client.raw(data);
        assert.equal((await client.event("refused")).code, "bad-frame");
        await alive(client);
      });
    }

    const fields: readonly (readonly [string, string, object])[] = [
      ["no target", "call.start", { description }],
      ["no description", "call.start", { target }],
      ["a target of no known form", "call.start", { target: { number: "600" }, description }],
      ["a target that is a text", "call.start", { target: "600", description }],
      ["CR LF in a target", "call.start", { target: { user: `dave@${domain}\r\nX-Secret: 1` }, description }],
      ["CR LF in a number", "call.start", { target: { tel: "600\r\nX-Secret: 1" }, description }],
      ["CR LF in a SIP address", "call.start", { target: { sip: `sip:dave@${domain}\r\nX-Secret: 1` }, description }],
      ["a target too long", "call.start", { target: { user: `${"d".repeat(257)}@${domain}` }, description }],
      ["SDP too long", "call.start", { target, description: { ...description, sdp: "v=0".padEnd(65_537, "\r\n") } }],
      ["generation 0", "call.start", { target, description: { ...description, generation: 0 } }],
      ["no call id", "call.end", {}],
      ["a call id too long", "call.end", { callId: "c".repeat(65) }],
      ["a call id with spaces", "call.end", { callId: "c d" }],
      ["digits that are none", "call.dtmf", { callId: "c", digits: "1\r\n" }],
      ["too many digits", "call.dtmf", { callId: "c", digits: "1".repeat(65) }],
      ["no token to renew with", "session.renew", {}],
    ];

    for (const [what, type, given] of fields) {
      it(`${type} with ${what} is a bad frame`, async () => {
        const client = await page("bob");
        assert.equal((await client.request(type, given as Record<string, unknown>)).code, "bad-frame");
        await alive(client);
      });
    }

    it("a call's data too large is refused", async () => {
      const client = await page("bob");
      const answer = await client.request("call.start", { target, description, data: "x".repeat(8192) });
      assert.equal(answer.code, "too-large");
    });

    it("types that nobody knows are refused and counted, and never punished", async () => {
      const client = await page("bob");
      const before = await metric('offhook_frames_refused_total{code="unknown-type"}');
      for (const type of ["call.levitate", "constructor", "__proto__", "", "x".repeat(10_000), "toString"])
        assert.equal((await client.request(type)).code, "unsupported", type);
      await alive(client);
      assert.equal(await metric('offhook_frames_refused_total{code="unknown-type"}'), before + 6);
    });

    it("fields that nobody knows are left alone", async () => {
      const client = await page("bob");
      assert.equal((await client.request("ping", { levitate: true, __proto__: null, re: "x" })).type, "pong");
    });

    it("a frame of more than 256 KiB costs the connection", async () => {
      const client = await FrameClient.signedIn(gateway, "bob");
      client.raw(JSON.stringify({ type: "ping", id: "1", data: "x".repeat(262_144) }));
      assert.equal((await client.closed()).code, 1009);
    });

    it("the fifth malformed frame costs the connection, also before sign-in", async () => {
      for (const client of [await FrameClient.signedIn(gateway, "bob"), await FrameClient.open(gateway)]) {
        for (let turn = 0; turn < 5; turn++) client.raw("garbage");
        assert.equal((await client.closed()).code, 1008);
        assert.equal(client.frames.filter(({ type }) => type === "refused").length, 5);
      }
    });

    it("nothing is done before sign-in", async () => {
      const client = closing(await FrameClient.open(gateway));
      assert.equal((await client.request("call.start", { target, description })).code, "not-signed-in");
    });

    it("CR LF in a display name is refused, and quotes in one are quoted", async () => {
      const dave = await phone("dave");
      const client = closing(await FrameClient.open(gateway));
      const split = 'Frank"\r\nP-Asserted-Identity: <sip:boss@offhook.test>';
      assert.equal((await client.request("session.open", { user: nameless, displayName: split })).code, "bad-frame");
      const name = 'Frank" <sip:boss@offhook.test>;tag=1, "\\';
      await client.signIn({ user: nameless, displayName: name });

      const callId = await client.call(target);
      const invite = await dave.ua.request("INVITE");
      const quoted = name.replace(/["\\]/g, "\\$&");
      const [, shown, uri] = /^"((?:[^"\\]|\\.)*)" <([^>]*)>;tag=[^;,<>]+$/.exec(only(invite, "from")) ?? [];
      assert.deepEqual([shown, uri], [quoted, `sip:${nameless}`]);
      assert.equal(invite.headers.get("from")?.length, 1);
      await client.end(callId);
      await turnedDown(dave, invite);
    });

    it("SDP that is not SDP is a bad description, or ends the call with a reason", async () => {
      const client = await page("bob");
      for (const sdp of ["garbage", "<sdp/>", " v=0"])
        assert.equal(
          (await client.request("call.start", { target, description: { ...description, sdp } })).code,
          "bad-description",
        );
      for (const sdp of [
        "v=0",
        "v=0\r\ngarbage\r\n",
        "v=0\r\nm=audio\r\n",
        browserOffer.replace(/^a=fingerprint.*\r\n/gm, ""),
      ]) {
        const answer = await client.request("call.start", {
          target: { tel: "600" },
          description: { ...description, sdp },
        });
        const verdict = answer.code ?? (await client.ended(String(answer.callId))).reason;
        assert.ok(["bad-description", "media-failed"].includes(verdict ?? ""), `${JSON.stringify(sdp)}: ${verdict}`);
      }
      await alive(client);
    });

    it("descriptions of the wrong kind are refused, and the right one still counts", async () => {
      const [bob, erin] = [await page("bob"), await page("erin")];
      const start = { target: { user: `erin@${domain}` }, description: { ...description, kind: "answer" } };
      assert.equal((await bob.request("call.start", start)).code, "bad-description");
      const callId = await bob.call({ user: `erin@${domain}` });
      const incoming = await erin.event("call.incoming");
      const offered = { callId: incoming.callId, description };
      assert.equal((await erin.request("call.answer", offered)).code, "bad-description");
      const garbage = { kind: "answer", sdp: "garbage", generation: 1 };
      assert.equal((await erin.request("call.answer", { ...offered, description: garbage })).code, "bad-description");
      assert.equal((await erin.answer(incoming)).type, "ok");
      await bob.event("call.answered", callId);
      assert.equal((await erin.answer(incoming)).code, "wrong-state");
      assert.equal((await bob.request("call.update", { callId, description })).code, "unsupported");
      await bob.end(callId);
      assert.equal((await erin.ended(String(incoming.callId))).reason, "normal");
    });

    it("another user's call id is one that never was", async () => {
      const theirs = String(await alice.page.evaluate("window.test.last().id"));
      assert.match(theirs, /^[\w-]{8,}$/);
      const answer = { kind: "answer", sdp: browserAnswer(browserOffer), generation: 1 };
      const tries: readonly (readonly [string, object])[] = [
        ["call.end", {}],
        ["call.reject", {}],
        ["call.answer", { description: answer }],
        ["call.update", { description: answer }],
        ["call.dtmf", { digits: "1" }],
        ["call.candidate", { candidate: {} }],
      ];
      for (const thief of [await page("bob"), await page(`mallory@${otherDomain}`), await page("alice")])
        for (const [type, given] of tries) {
          const stolen = await thief.request(type, { callId: theirs, ...given });
          const made = await thief.request(type, { callId: "never-was", ...given });
          assert.equal(stolen.code, "unknown-call", type);
          assert.deepEqual(withoutOnesOwn(stolen), withoutOnesOwn(made));
        }
      assert.equal((await alice.current())?.state, "connected");
    });

    it("another domain's user is nobody", async () => {
      const [bob, mallory] = [await page("bob"), await page(`mallory@${otherDomain}`)];
      const toldAbout = async (to: { user: string } | { sip: string }): Promise<object> =>
        withoutOnesOwn(await bob.ended(await bob.call(to)));
      const nobody = await toldAbout({ user: `nobody@${domain}` });
      assert.match(JSON.stringify(nobody), /"reason":"not-found"/);
      assert.deepEqual(await toldAbout({ user: `mallory@${otherDomain}` }), nobody);
      assert.deepEqual(await toldAbout({ user: `nobody@${otherDomain}` }), nobody);
      assert.deepEqual(
        await toldAbout({ sip: `sip:mallory@${otherDomain}` }),
        await toldAbout({ sip: `sip:nobody@${otherDomain}` }),
      );
      assert.ok(!mallory.frames.some(({ type }) => type === "call.incoming"));
    });
  });

  describe("by a softphone", () => {
    const forged = [
      "P-Asserted-Identity: <sip:boss@offhook.test>",
      "P-Preferred-Identity: <sip:boss@offhook.test>",
      "P-Called-Party-ID: <sip:boss@offhook.test>",
      "Remote-Party-ID: <sip:boss@offhook.test>;privacy=off",
      "Diversion: <sip:boss@offhook.test>;reason=unconditional",
      "History-Info: <sip:boss@offhook.test>;index=1",
      "Privacy: none",
      "X-Secret: boss",
      "X-Folded: a\r\n boss",
      'Subject: "boss"',
    ];

    it("forged headers never reach the other leg", async () => {
      const [dave, erin] = [await phone("dave"), await phone("erin")];
      const dialog = await dave.invite(`erin@${domain}`, { headers: forged, body: phoneOffer() });
      const invite = await erin.ua.request("INVITE");
      assert.doesNotMatch(invite.raw, /boss|^(x-|p-|diversion|history-info|remote-party|privacy|subject)/im);
      assert.match(only(invite, "from"), new RegExp(`^"?Dave"? <sip:dave@${domain}>;tag=`));
      erin.ua.reply(invite, 486, "Busy Here", { headers: forged });
      const final = await dave.ua.final(dialog, "INVITE");
      assert.equal(final.status, 486);
      assert.doesNotMatch(final.raw, /boss/);
    });

    it("forged headers and names never reach a page", async () => {
      const [dave, bob] = [await phone("dave"), await page("bob")];
      const dialog = await dave.invite(`bob@${domain}`, { headers: forged, body: phoneOffer() });
      const incoming = await bob.event("call.incoming");
      assert.deepEqual(incoming.peer, { target: { user: `dave@${domain}` }, name: "Dave", can: ["call"] });
      assert.doesNotMatch(JSON.stringify({ ...incoming, description: undefined }), /boss/);
      dave.cancel(dialog);
      assert.equal((await dave.ua.final(dialog, "INVITE")).status, 487);
      await bob.ended(String(incoming.callId));
    });

    it("another domain's user is nobody", async () => {
      const dave = await phone("dave");
      const mallory = await page(`mallory@${otherDomain}`);
      for (const name of ["mallory", "nobody"]) {
        const dialog = await dave.invite(`${name}@${otherDomain}`, { body: phoneOffer() });
        assert.equal((await dave.ua.final(dialog, "INVITE")).status, 404, name);
      }
      assert.ok(!mallory.frames.some(({ type }) => type === "call.incoming"));
    });

    for (const body of ["garbage", "v=0\r\ngarbage\r\n", "v=0\r\n", "\0\x01\xff"])
      it(`SDP that is ${JSON.stringify(body)} is answered 488`, async () => {
        const [dave] = [await phone("dave"), await page("bob")];
        const dialog = await dave.invite(`bob@${domain}`, { body });
        assert.equal((await dave.ua.final(dialog, "INVITE")).status, 488);
      });
  });

  describe("by a stranger", () => {
    const garbage = [
      Buffer.from("garbage\r\n\r\n"),
      Buffer.from("INVITE\r\n\r\n"),
      Buffer.from("SIP/2.0 2000 OK\r\n\r\n"),
      Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
      Buffer.from(":\r\n:\r\n\r\n"),
      Buffer.alloc(2000, 0xff),
    ];

    /** OPTIONS as a stranger may send it; `length` is what Content-Length promises. */
    function options(transport: "UDP" | "TCP" | "WS", body = "", length = Buffer.byteLength(body)): string {
      return [
        `OPTIONS sip:${domain} SIP/2.0`,
        `Via: SIP/2.0/${transport} 127.0.0.1:9;branch=${newBranch()};rport`,
        "Max-Forwards: 70",
        `From: <sip:stranger@127.0.0.1>;tag=${newBranch()}`,
        `To: <sip:${domain}>`,
        `Call-ID: ${newBranch()}`,
        "CSeq: 1 OPTIONS",
        "Content-Type: text/plain",
        `Content-Length: ${length}`,
        "",
        body,
      ].join("\r\n");
    }

    const answered = (ua: SipUa): Promise<SipMessage> => ua.next("an answer", ({ status }) => status > 0);

    it("garbage by UDP is dropped and counted", async () => {
      const ua = await stranger();
      const before = await metric('offhook_sip_garbage_total{transport="udp"}');
      for (const bytes of garbage) ua.raw(bytes, peer());
      ua.raw(options("UDP"), peer());
      assert.equal((await answered(ua)).status, 200);
      assert.ok((await metric('offhook_sip_garbage_total{transport="udp"}')) > before);
    });

    for (const [index, bytes] of garbage.entries())
      it(`garbage ${index + 1} by TCP and WebSocket costs the connection`, async () => {
        const connections = [await tcp(), await webSocket()];
        for (const connection of connections) connection.send(bytes);
        for (const connection of connections) await connection.lost(7000);
      });

    it("an answer that nobody waits for is dropped, by WebSocket and TCP", async () => {
      const lost = options("TCP").replace(/^OPTIONS .*/, "SIP/2.0 200 OK");
      for (const [transport, connection] of [
        ["TCP", await tcp()],
        ["WS", await webSocket()],
      ] as const) {
        connection.send(lost);
        connection.send(options(transport));
        await connection.hears(/^SIP\/2.0 200 OK\r\n/);
        assert.equal(connection.closed, false);
      }
    });

    it("Content-Length too long by UDP is a bad request; too short cuts off (RFC 3261 18.3)", async () => {
      const ua = await stranger();
      ua.raw(options("UDP", "body", 5), peer());
      assert.equal((await answered(ua)).status, 400);
      ua.raw(options("UDP", "body", 3), peer());
      assert.equal((await answered(ua)).status, 200);
      for (const length of [-1, NaN, 1e21]) ua.raw(options("UDP", "body", length), peer());
      ua.raw(options("UDP"), peer());
      assert.equal((await ua.next("200", ({ status }) => status === 200)).status, 200);
    });

    it("Content-Length too short by TCP: what comes after the message costs the connection", async () => {
      const connection = await tcp();
      connection.send(options("TCP", "garbage and more\r\n\r\n", 7));
      await connection.lost();
    });

    for (const length of ["-1", "many", "", "99999999999999999999"])
      it(`Content-Length ${JSON.stringify(length)} by TCP costs the connection`, async () => {
        const connection = await tcp();
        connection.send(options("TCP").replace("Content-Length: 0", `Content-Length: ${length}`));
        await connection.lost();
      });

    it("datagrams of 65,507 bytes: answered when they are SIP, dropped when not", async () => {
      const ua = await stranger();
      ua.raw(Buffer.alloc(65_507, "x"), peer());
      const head = options("UDP", "", 10_000).length;
      const body = "x".repeat(65_507 - head - 1);
      const whole = options("UDP", body);
      ua.raw(whole.padEnd(65_507, "x"), peer());
      assert.equal((await answered(ua)).status, 200);
    });

    it("a message of 70 KiB by TCP and WebSocket costs the connection", async () => {
      const [large, endless, framed] = [await tcp(), await tcp(), await webSocket()];
      large.send(options("TCP", "x".repeat(70 * 1024)));
      endless.send(`OPTIONS sip:${domain} SIP/2.0\r\nX-Long: ${"x".repeat(70 * 1024)}`);
      framed.send(options("WS", "x".repeat(70 * 1024)));
      await Promise.all([large, endless, framed].map((one) => one.lost()));
    });

    it("half a message by TCP costs the connection when 5 s are over", async () => {
      const whole = options("TCP", "body");
      const since = Date.now();
      const halves = await Promise.all(
        [40, whole.length - 2].map(async (length) => {
          const connection = await tcp();
          connection.send(whole.slice(0, length));
          return connection;
        }),
      );
      await Promise.all(halves.map((one) => one.lost(8000)));
      const ms = Date.now() - since;
      assert.ok(ms >= 4900 && ms < 7000, `${ms} ms`);
    });

    it("requests for a dialog that they only heard of are answered 481", async () => {
      const ua = await stranger();
      for (const method of ["BYE", "UPDATE", "INFO"]) {
        const dialog = { ...ua.dialog(standing.remoteUri, peer()), callId: standing.callId, remoteTag: "guessed" };
        ua.send(dialog, method);
        assert.equal((await ua.final(dialog, method)).status, 481, method);
      }
    });

    it("500 INVITEs at once are all refused", async () => {
      const ua = await stranger("127.0.0.9");
      const callers = ["sip:stranger@elsewhere.test", `sip:nobody@${domain}`, `sip:carol@${domain}`];
      const dialogs = Array.from({ length: 500 }, (_, index) => {
        const dialog = ua.dialog(`sip:alice@${domain}`, peer());
        dialog.localUri = callers[index % callers.length] ?? "";
        return { dialog, branch: newBranch() };
      });
      const refusals = (): Map<string, number> =>
        new Map(ua.messages.filter(({ status }) => status >= 200).map((one) => [only(one, "call-id"), one.status]));
      const flood = (): boolean => {
        const told = refusals();
        const waiting = dialogs.filter(({ dialog }) => !told.has(dialog.callId));
        for (const { dialog, branch } of waiting) ua.send(dialog, "INVITE", { branch, cseq: 1, body: phoneOffer() });
        return waiting.length === 0;
      };
      // What a full buffer dropped is sent again (RFC 3261 17.1.1.2).
      await until(
        "500 refusals",
        async () => flood() || (await hearsTone(alice.page, phoneHz, pageHz)) === undefined,
        15_000,
      );
      const told = refusals();
      for (const { dialog } of dialogs)
        assert.equal(told.get(dialog.callId), dialog.localUri.endsWith("elsewhere.test") ? 403 : 407);
      assert.equal(await metric("offhook_calls"), 1);
    });
  });

  /** The call is cancelled or given up: the phone says so too. */
  async function turnedDown(agent: RegisteredUa, invite: SipMessage): Promise<void> {
    agent.ua.reply(invite, 180, "Ringing");
    await agent.ua.request("CANCEL");
    agent.ua.reply(invite, 487, "Request Terminated");
    await agent.ua.request("ACK");
  }
});

/** A machine on which nobody can install it either. */
describe("a gateway without rtpengine", function () {
  this.timeout(patience);
  let gateway: TestGateway;

  before(async () => {
    gateway = await TestGateway.start({ env: { NO_MEDIA: "/nowhere" } });
  });

  after(async () => {
    await gateway?.assertIdle();
    await gateway?.stop();
  });

  it("ends a page's call with a reason, and serves all else", async () => {
    const carol = await RegisteredUa.open(gateway, "carol");
    const [alice, bob] = [await FrameClient.signedIn(gateway, "alice"), await FrameClient.signedIn(gateway, "bob")];
    for (const target of [{ user: `carol@${domain}` }, { user: `bob@${domain}` }, { tel: "600" }]) {
      const end = await alice.ended(await alice.call(target));
      assert.deepEqual([end.reason, end.by], ["media-failed", "system"], JSON.stringify(target));
      assert.match(String(end.text), /relay/);
    }
    assert.equal((await alice.ended(await alice.call({ user: `nobody@${domain}` }))).reason, "not-found");
    assert.equal((await alice.request("ping")).type, "pong");
    assert.equal((await fetch(`${gateway.url}/health`)).status, 503);
    assert.equal((await fetch(gateway.url)).status, 200);
    for (const client of [alice, bob, carol]) await client.close();
  });

  it("refuses a softphone's call, for now", async () => {
    const [carol, dave] = [await RegisteredUa.open(gateway, "carol"), await RegisteredUa.open(gateway, "dave")];
    for (const to of [`dave@${domain}`, `600@${domain}`]) {
      const dialog = await carol.invite(to, { body: phoneOffer() });
      const final = await carol.answered(dialog);
      assert.equal(final.status, 503, to);
      assert.match(only(final, "retry-after"), /^\d+$/);
    }
    for (const agent of [carol, dave]) await agent.close();
  });
});

/** A frame without what differs from call to call. */
function withoutOnesOwn(frame: Received): object {
  const own = new Set(["at", "re", "seq", "callId", "reference"]);
  return Object.fromEntries(Object.entries(frame).filter(([name]) => !own.has(name)));
}
