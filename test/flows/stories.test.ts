import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Chromium } from "../support/chromium.ts";
import { browserOffer, FrameClient } from "../support/frame-client.ts";
import { domain, otherDomain, patience, t1, TestGateway } from "../support/gateway.ts";
import { PhonePage } from "../support/phone-page.ts";
import { RegisteredUa } from "../support/registered-ua.ts";
import { SipUa, type SipDialog, type SipMessage } from "../support/sip-ua.ts";
import { readers, run, showCall, StoryReader, storyFiles } from "../support/story-reader.ts";
import { elapsed, until } from "../support/until.ts";
import { TokenIssuer } from "../support/tokens.ts";

const trunkPassword = "pw-trunk-9a64e1d2";
/** Long enough for a verdict on sound. */
const talkMs = 1_300;

/** Where nobody sends from; what a phone behind a NAT writes. */
const describedAt = (address: string, port = 40_000): string =>
  ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", `c=IN IP4 ${address}`, "t=0 0", `m=audio ${port} RTP/AVP 0`]
    .concat("a=rtpmap:0 PCMU/8000", "a=sendrecv", "")
    .join("\r\n");

/** Each verdict, provoked; what is kept of a call, who may read it, and that no secret is in it. */
describe("stories", function () {
  this.timeout(patience);
  let gateway: TestGateway;
  let carrier: SipUa;
  let page: FrameClient;
  let carol: RegisteredUa;
  let operator: StoryReader;
  let support: StoryReader;

  before(async () => {
    carrier = await SipUa.open("carrier");
    gateway = await TestGateway.start({
      env: {
        GATEWAY_CALL_RING_TIMEOUT: String(64 * t1 + 1500),
        GATEWAY_MEDIA_WEB_CODECS: "opus",
        // Pages without sound: the time in which one may come back would be silence, and the verdict be about that.
        GATEWAY_SESSION_RELOAD_GRACE: "1",
      },
      accounts: readers,
      trunks: [
        {
          name: "B",
          address: `127.0.0.1:${carrier.port}`,
          username: "acme",
          password: trunkPassword,
          domains: [otherDomain],
          inbound: { "+33186260014": `alice@${domain}` },
        },
      ],
    });
    gateway.secrets.add(trunkPassword);
    page = await FrameClient.signedIn(gateway, "alice");
    carol = await RegisteredUa.open(gateway, "carol");
    [operator, support] = await Promise.all([StoryReader.open(gateway, "olga"), StoryReader.open(gateway, "sam")]);
  });

  after(async () => {
    await carol?.close();
    await page?.close();
    await gateway?.assertIdle();
    await gateway?.stop();
    await carrier?.close();
  });

  /** Alice's page calls, and its call's reference. */
  async function calling(target: Parameters<FrameClient["call"]>[0], fields = {}): Promise<Calling> {
    const description = { kind: "offer", sdp: browserOffer, generation: 1, ...fields };
    const answer = await page.request("call.start", { target, description });
    assert.equal(answer.type, "call.started", JSON.stringify(answer));
    return { id: String(answer.callId), reference: String(answer["reference"]) };
  }
  interface Calling {
    readonly id: string;
    readonly reference: string;
  }

  /** A call to carol that she refuses. */
  async function refused(status: number, reason: string, headers: readonly string[] = []): Promise<string> {
    const { id, reference } = await calling({ user: `carol@${domain}` });
    carol.ua.reply(await carol.ua.request("INVITE"), status, reason, { headers });
    await page.ended(id);
    return reference;
  }

  /** A page of alice with this description talks to carol, who sends a tone; `report` is what the page says of it. */
  async function talked(report: object | undefined, sdp = browserOffer): Promise<string> {
    const { id, reference } = await calling({ user: `carol@${domain}` }, { sdp });
    const dialog = await carol.answerWithTone(await carol.ua.request("INVITE"), 440);
    await page.event("call.answered", id);
    if (report) await page.request("call.report", { callId: id, ...report });
    await elapsed(talkMs);
    carol.ua.send(dialog, "BYE");
    await page.ended(id);
    return reference;
  }

  const quality = { mos: 4.3, loss: 0, jitterMs: 5, rttMs: 20, sent: 0, received: 0 };
  const pair = { local: "host 192.0.2.1:5000", remote: "host 192.0.2.2:6000", protocol: "udp" };
  const listening = browserOffer.replace("a=sendrecv", "a=recvonly");

  describe("of attempts", () => {
    const inviting = async (from: string, to: string): Promise<SipMessage> => {
      const ua = await SipUa.open("stranger");
      const dialog = ua.dialog(`sip:${to}`, carol.peer);
      dialog.localUri = `sip:${from}`;
      const final = await ua.invite(dialog, { body: describedAt("127.0.0.1") });
      await ua.close();
      return final;
    };

    it("wrong-password", async () => {
      const password = "wr0ng-2b7c";
      const wrong = Object.create(gateway, {
        registrar: { value: () => ({ domain, password, outbound: gateway.sip, transport: "udp" }) },
      }) as TestGateway;
      const eve = await RegisteredUa.open(wrong, "dave", { register: false });
      const dialog = await eve.invite(`alice@${domain}`, { body: describedAt("127.0.0.1") });
      assert.equal((await eve.answered(dialog)).status, 403);
      const story = await operator.newest("wrong-password");
      assert.deepEqual(
        story.steps.map(({ label }) => label),
        ["INVITE", "407 Proxy Authentication Required", "INVITE", "403 Forbidden"],
      );
      assert.match(story.from, /dave@/);
      gateway.secrets.add(password);
      await eve.close();
    });

    it("unknown-caller", async () => {
      assert.equal((await inviting("eve@nowhere.example", `alice@${domain}`)).status, 403);
      assert.match((await operator.newest("unknown-caller")).verdict.text, /127\.0\.0\.1.*403/);
    });

    it("no-password", async () => {
      assert.equal((await inviting(`dave@${domain}`, `alice@${domain}`)).status, 407);
      assert.match((await operator.newest("no-password", 25_000)).from, /dave@/);
    });

    it("bad-target", async () => {
      const dialog = await carol.invite(domain, { body: describedAt("127.0.0.1") });
      assert.equal((await carol.answered(dialog)).status, 404);
      await operator.newest("bad-target");
    });

    it("call-refused", async () => {
      const description = { kind: "answer", sdp: browserOffer, generation: 1 };
      const answer = await page.request("call.start", { target: { tel: "600" }, description });
      assert.equal(answer.code, "bad-description");
      assert.match((await operator.newest("call-refused")).verdict.text, /bad-description/);
    });

    it("not-understood", async () => {
      // One address has five stories a minute, and they are told.
      const dave = await RegisteredUa.open(gateway, "dave", { register: false, address: "127.0.0.2" });
      const headers = ["Require: clairvoyance"];
      const dialog = await dave.invite(`alice@${domain}`, { body: describedAt("127.0.0.1"), headers });
      const answer = await dave.answered(dialog);
      assert.deepEqual([answer.status, answer.headers.get("unsupported")], [420, ["clairvoyance"]]);
      assert.match((await operator.newest("not-understood")).verdict.text, /420.*extension/);
      await dave.close();
    });
  });

  describe("of calls that nobody answered", () => {
    it("emergency-number", async () => {
      const { reference } = await calling({ tel: "112" });
      await operator.verdict(reference, "emergency-number");
    });

    it("no-route", async () => {
      const { reference } = await calling({ tel: "+442079460958" });
      const { verdict } = await operator.verdict(reference, "no-route");
      assert.match(verdict.text, /\+442079460958 was not called: no trunk/);
    });

    it("not-found", async () => {
      const { reference } = await calling({ user: `nobody@${domain}` });
      await operator.verdict(reference, "not-found");
      await operator.verdict(await refused(404, "Not Found"), "not-found");
    });

    it("not-allowed", async () => {
      const { reference } = await calling({ sip: "sip:eve@198.51.100.7" });
      await operator.verdict(reference, "not-allowed");
    });

    it("unavailable", async () => {
      const { reference } = await calling({ user: `erin@${domain}` });
      await operator.verdict(reference, "unavailable");
    });

    const answers = [
      [486, "Busy Here", "busy"],
      [603, "Decline", "declined"],
      [607, "Unwanted", "blocked-number"],
      [500, "Server Internal Error", "server-error"],
    ] as const;
    for (const [status, reason, code] of answers)
      it(code, async () => void (await operator.verdict(await refused(status, reason), code)));

    it("codec-mismatch", async () => {
      const warning = 'Warning: 305 phone.example "Incompatible media format"';
      const { verdict } = await operator.verdict(
        await refused(488, "Not Acceptable Here", [warning]),
        "codec-mismatch",
      );
      assert.match(verdict.text, /488 Not Acceptable Here.*Incompatible media format.*opus/);
    });

    it("cancelled", async () => {
      const { id, reference } = await calling({ user: `carol@${domain}` });
      const invite = await carol.ua.request("INVITE");
      carol.ua.reply(invite, 180, "Ringing");
      await page.event("call.ringing", id);
      await page.end(id);
      await carol.ua.request("CANCEL");
      carol.ua.reply(invite, 487, "Request Terminated");
      const story = await operator.verdict(reference, "cancelled");
      await until("the CANCEL and the 487 in the story", async () => {
        const labels = (await operator.story(reference)).steps.map(({ label }) => label);
        return labels.includes("CANCEL") && labels.includes("487 Request Terminated");
      });
      assert.ok(story.steps.some(({ label }) => label === "180 Ringing"));
    });

    it("answered-elsewhere", async () => {
      const dialog = await carol.invite(`alice@${domain}`, { body: describedAt("127.0.0.1") });
      const incoming = await page.event("call.incoming");
      carol.cancel(dialog, ['Reason: SIP;cause=200;text="Call completed elsewhere"']);
      await page.ended(String(incoming.callId));
      await operator.verdict(String(incoming["reference"]), "answered-elsewhere");
    });

    it("no-answer", async () => {
      const { id, reference } = await calling({ user: `carol@${domain}` });
      const invite = await carol.ua.request("INVITE");
      carol.ua.reply(invite, 180, "Ringing");
      await page.ended(id, 64 * t1 + 4000);
      carol.ua.reply(invite, 487, "Request Terminated");
      await operator.verdict(reference, "no-answer");
    });

    it("no-response", async () => {
      const { id, reference } = await calling({ user: `carol@${domain}` });
      await carol.ua.request("INVITE");
      await page.ended(id, 64 * t1 + 4000);
      const { verdict } = await operator.verdict(reference, "no-response");
      assert.match(verdict.title, /The called phone never answered/);
    });

    it("no-ack", async () => {
      const dialog = await carol.invite(`alice@${domain}`, { body: (await carol.sound({ tone: 440 })).offer() });
      const incoming = await page.event("call.incoming");
      await page.answer(incoming);
      await carol.answered(dialog);
      await page.ended(String(incoming.callId), 64 * t1 + 4000);
      await operator.verdict(String(incoming["reference"]), "no-ack");
    });
  });

  describe("of a trunk", () => {
    let mallory: FrameClient;
    before(async () => (mallory = await FrameClient.signedIn(gateway, `mallory@${otherDomain}`)));
    after(() => mallory?.close());

    async function throughTrunk(): Promise<{ id: string; reference: string; invite: SipMessage }> {
      const description = { kind: "offer", sdp: browserOffer, generation: 1 };
      const started = await mallory.request("call.start", { target: { tel: "+442079460958" }, description });
      const invite = await carrier.request("INVITE");
      return { id: String(started.callId), reference: String(started["reference"]), invite };
    }

    it("trunk-password", async () => {
      const { id, reference, invite } = await throughTrunk();
      const challenge = 'Proxy-Authenticate: Digest realm="b.example", nonce="n0nce", qop="auth", algorithm=MD5';
      carrier.reply(invite, 407, "Proxy Authentication Required", { headers: [challenge] });
      carrier.reply(await carrier.request("INVITE"), 403, "Forbidden");
      await mallory.ended(id);
      const story = await operator.verdict(reference, "trunk-password");
      assert.equal(story.verdict.title, "Wrong password towards trunk B");
      assert.equal(story.network, "B");
      assert.equal(story.to, "+442079460958");
    });

    it("redirected", async () => {
      const { id, reference, invite } = await throughTrunk();
      carrier.reply(invite, 302, "Moved", { headers: ["Contact: <sip:other@192.0.2.9>"] });
      await mallory.ended(id);
      await operator.verdict(reference, "redirected");
    });

    it("numbers are masked for support, in the file for Wireshark too", async () => {
      const { reference } = await operator.newest("trunk-password");
      const [whole, masked] = await Promise.all([operator.story(reference), support.story(reference)]);
      assert.deepEqual([whole.masked, masked.masked], [false, true]);
      assert.match(JSON.stringify(whole), /INVITE sip:\+442079460958@/);
      assert.doesNotMatch(JSON.stringify(masked), /442079460958/);
      assert.equal(masked.to, "+442•••••••58");
      const file = Buffer.from(await (await support.get(`/api/calls/${reference}/pcap`)).arrayBuffer());
      assert.ok(!file.includes("442079460958"));
    });
  });

  describe("of sound", () => {
    let dave: RegisteredUa;
    before(async () => {
      await carol.register(60);
      dave = await RegisteredUa.open(gateway, "dave");
    });
    after(() => dave?.close());

    /** Carol talks to dave: whether she sends a tone, and what he answers with. */
    async function between(sends: boolean, answer: string | number): Promise<SipDialog[]> {
      const body = sends ? (await carol.sound({ tone: 440 })).offer() : describedAt("127.0.0.1", 40_002);
      const dialog = await carol.invite(`dave@${domain}`, { body });
      const invite = await dave.ua.request("INVITE");
      const called = dave.ua.dialogOf(invite);
      const sdp = typeof answer === "string" ? answer : (await dave.sound({ tone: answer })).answer(invite.body);
      dave.ua.reply(invite, 200, "OK", { body: sdp, tag: called.localTag });
      const final = await carol.answered(dialog);
      assert.equal(final.status, 200);
      if (sends) carol.sounds.at(-1)?.accept(final.body);
      carol.ack(dialog);
      await dave.ua.request("ACK");
      return [dialog, called];
    }

    async function judged(code: string, sends: boolean, answer: string | number) {
      const known = new Set((await operator.list()).calls.map(({ reference }) => reference));
      const [dialog] = await between(sends, answer);
      await elapsed(talkMs);
      if (dialog) carol.ua.send(dialog, "BYE");
      const story = await operator.newest(code, 4000, known);
      for (const session of [...carol.sounds, ...dave.sounds]) session.close();
      return story;
    }

    it("normal", async () => {
      const story = await judged("normal", true, 880);
      assert.match(story.verdict.text, /^They talked for 1 s; the calling phone ended the call\.$/);
      assert.deepEqual(
        story.media.slice(0, 4).map(({ tone }) => tone),
        ["good", "good", "good", "good"],
      );
    });

    it("private-address: one-way audio, and on which side", async () => {
      const { verdict } = await judged("private-address", true, describedAt("10.20.0.4", 40_122));
      assert.equal(verdict.title, "One-way audio: nothing arrived from the called phone");
      assert.match(verdict.text, /The calling phone sent \d+ packets.*from 10\.20\.0\.4:40122/);
    });

    it("no-audio-from-sip: one-way audio, and on which side", async () => {
      const called = await judged("no-audio-from-sip", true, describedAt("127.0.0.1"));
      assert.equal(called.verdict.title, "One-way audio: nothing arrived from the called phone");
      const calling = await judged("no-audio-from-sip", false, 880);
      assert.notEqual(calling.reference, called.reference);
      assert.equal(calling.verdict.title, "One-way audio: nothing arrived from the calling phone");
      assert.equal(calling.sameCauseToday.calls, 2);
    });

    it("no-audio", async () => void (await judged("no-audio", false, describedAt("127.0.0.1"))));

    it("media-timeout", async () => {
      await between(true, 880);
      await elapsed(talkMs);
      for (const session of dave.sounds) session.close();
      const { verdict } = await operator.newest("media-timeout", 15_000);
      assert.equal(verdict.title, "Sound stopped coming from the called phone");
      for (const session of carol.sounds) session.close();
    });

    it("peer-lost", async () => {
      const [dialog] = await between(true, 880);
      if (dialog) carol.ua.send(dialog, "INVITE", { body: describedAt("127.0.0.1") });
      dave.ua.reply(await dave.ua.request("INVITE"), 481, "Call/Transaction Does Not Exist");
      await carol.ua.request("BYE");
      const { verdict } = await operator.newest("peer-lost");
      assert.match(verdict.title, /The called phone was lost/);
      for (const session of [...carol.sounds, ...dave.sounds]) session.close();
    });

    it("media-failed", async () => {
      const { id, reference } = await calling({ user: `carol@${domain}` });
      carol.ua.reply(await carol.ua.request("INVITE"), 200, "OK");
      await page.ended(id);
      await operator.verdict(reference, "media-failed");
    });

    it("ice-failed", async () => {
      await operator.verdict(await talked(undefined), "ice-failed");
      const reported = await talked({ problem: { code: "ice-failed", detail: "udp-blocked" } });
      assert.match((await operator.verdict(reported, "ice-failed")).verdict.text, /udp-blocked/);
    });

    const reports = [
      ["dtls-failed", { pair, quality }, browserOffer],
      ["no-audio-from-browser", { pair, quality: { ...quality, received: 60 } }, browserOffer],
      ["no-microphone", { problem: { code: "microphone-busy" } }, browserOffer],
      ["no-audio-to-browser", { pair, quality }, listening],
      ["weak-network", { pair, quality: { ...quality, received: 60, loss: 0.12, mos: 2.4 } }, listening],
    ] as const;
    for (const [code, report, sdp] of reports)
      it(`${code}, by what the page reports`, async () =>
        void (await operator.verdict(await talked(report, sdp), code)));

    it("page-lost", async () => {
      const other = await FrameClient.signedIn(gateway, "bob");
      await other.call({ user: `carol@${domain}` });
      await carol.answerWithTone(await carol.ua.request("INVITE"), 440);
      await other.event("call.answered");
      await other.close();
      await carol.ua.request("BYE");
      await operator.newest("page-lost");
    });

    it("running, and what it comes to", async () => {
      const { id, reference } = await calling({ tel: "600" });
      await page.event("call.answered", id);
      const running = await operator.verdict(reference, "running");
      assert.equal(running.running, true);
      await page.end(id);
      await page.ended(id);
      await operator.verdict(reference.toLowerCase(), "normal");
    });
  });

  describe("of a browser", () => {
    let browser: Chromium;
    before(async () => (browser = await Chromium.launch({ toneHz: 1000 })));
    after(() => browser?.close());

    it("only-silence: a muted microphone; normal: one that is not", async () => {
      const bob = await PhonePage.open(await browser.page(), gateway, "bob");
      for (const [code, act] of [
        ["normal", () => Promise.resolve()],
        ["only-silence", () => bob.mute()],
      ] as const) {
        await bob.call({ tel: "600" });
        await bob.state("connected");
        await act();
        await elapsed(4000);
        await bob.end();
        await bob.ended();
        const { reference } = (await operator.list("?limit=1")).calls[0] ?? { reference: "" };
        const story = await operator.verdict(reference, code);
        assert.equal(story.media[0]?.tone, "good", JSON.stringify(story.media));
      }
      await bob.page.close();
    });
  });

  describe("and who reads them", () => {
    it("nobody without a role; unknown references are not found", async () => {
      const [user, nobody] = [await StoryReader.open(gateway, "erin"), StoryReader.with(gateway, "x.y.z")];
      assert.deepEqual(
        [
          (await nobody.get("/api/calls")).status,
          (await user.get("/api/calls")).status,
          (await support.get("/api/calls")).status,
          (await support.get("/api/calls/ZZZZZZ")).status,
          (await support.get("/api/calls/..%2f..%2fetc")).status,
        ],
        [401, 403, 200, 404, 404],
      );
    });

    it("the list goes on where it stopped", async () => {
      const first = await operator.list("?limit=2");
      const last = first.calls.at(-1)?.reference ?? "";
      const next = await operator.list(`?limit=2&before=${last}`);
      assert.deepEqual([first.calls.length, first.more, next.calls.length], [2, true, 2]);
      assert.ok(!next.calls.some(({ reference }) => first.calls.some((known) => known.reference === reference)));
    });

    it("npm run call prints list and ladder from the files", async () => {
      const { reference } = await operator.newest("private-address");
      await until("the file", async () => storyFiles(gateway).includes(reference));
      const show = (...args: string[]) => showCall(gateway.stateDir, ...args);
      assert.match(await show(), new RegExp(`${reference}.*One-way audio`));
      const text = await show(reference.toLowerCase().slice(0, 3), reference.slice(3));
      assert.match(text, /Phone +Gateway +Relay +Phone/);
      assert.match(text, /\|<\.+ 0 packets for 1 s \.+\|/);
      assert.match(text, /200 OK, SDP c=10\.20\.0\.4/);
      assert.equal(JSON.parse(await show(reference, "--json")).verdict.code, "private-address");
      await assert.rejects(show("ZZZZZZ"), /No call ZZZZZZ/);
    });

    it("the file for Wireshark reads as SIP", async () => {
      const { reference } = await operator.newest("private-address");
      const dir = mkdtempSync(join(tmpdir(), "offhook-pcap-"));
      const file = join(dir, "call.pcapng");
      writeFileSync(file, Buffer.from(await (await operator.get(`/api/calls/${reference}/pcap`)).arrayBuffer()));
      const fields = ["sip.Method", "sip.Status-Code", "ip.dst", "frame.comment"].flatMap((name) => ["-e", name]);
      const { stdout: text } = await run("tshark", ["-r", file, "-Y", "sip", "-T", "fields", ...fields]);
      const own = join(dir, "own.pcapng");
      await showCall(gateway.stateDir, reference, "--pcap", own);
      assert.deepEqual(readFileSync(own), readFileSync(file), "npm run call writes the same file");
      assert.equal(statSync(own).mode & 0o777, 0o600);
      rmSync(dir, { recursive: true });
      assert.match(text, /^INVITE\t\t127\.0\.0\.1/m);
      assert.match(text, /^\t200\t127\.0\.0\.1\t.*SDP audio 10\.20\.0\.4:40122/m);
      assert.match(text, /^BYE\t/m);
    });

    it("files are for their owner only, and hold no secret", async () => {
      await until("all stories written", async () => (await gateway.metrics())["offhook_stories_open"] === 0, 10_000);
      const text = storyFiles(gateway);
      assert.ok(text.length > 100_000, "there are stories");
      for (const secret of gateway.secrets) assert.ok(!text.includes(secret), "a secret stands in a story");
      assert.doesNotMatch(text, /authorization|ice-pwd|fingerprint|a=crypto|inline:|nonce/i);
      assert.equal(statSync(join(gateway.stateDir, "calls")).mode & 0o777, 0o700);
    });

    it("metrics count verdicts and what is kept", async () => {
      const metrics = await gateway.metrics();
      assert.ok((metrics['offhook_call_verdicts_total{code="no-audio-from-sip"}'] ?? 0) >= 2);
      assert.ok((metrics["offhook_stories_kept"] ?? 0) > 30);
      assert.equal(metrics["offhook_stories_lost"], 0);
    });
  });

  describe("of parts that die", () => {
    before(() => carol.register(60));

    const pidOf = (name: string): number =>
      Number(JSON.parse(readFileSync(join(gateway.stateDir, `${name}.json`), "utf8")).pid);

    it("relay-lost", async () => {
      const { id, reference } = await calling({ tel: "601" });
      await page.event("call.answered", id);
      process.kill(pidOf("rtpengine"), "SIGKILL");
      await page.ended(id, 10_000);
      await operator.verdict(reference, "relay-lost");
      await until("a new relay", async () => (await gateway.metrics())["offhook_relay_up"] === 1, 15_000);
    });

    it("sip-server-lost", async () => {
      const { id, reference } = await calling({ user: `carol@${domain}` });
      await carol.answerWithTone(await carol.ua.request("INVITE"), 440);
      await page.event("call.answered", id);
      process.kill(pidOf("sip-server"), "SIGKILL");
      await page.ended(id, 10_000);
      await operator.verdict(reference, "sip-server-lost");
      await until("a new SIP server", async () => (await gateway.metrics())["offhook_sip_server_up"] === 1, 15_000);
    });
  });
});

describe("stories of a gateway at its limits", function () {
  this.timeout(patience);
  const secret = "s3cret-of-the-stories-0123456789abcdef";
  const issuer = new TokenIssuer(secret, "HS256");
  const stateDir = mkdtempSync(join(tmpdir(), "offhook-stories-"));
  let gateway: TestGateway;
  let operator: StoryReader;

  before(async () => {
    gateway = await TestGateway.start({ stateDir, env: { GATEWAY_AUTH_SECRET: secret, GATEWAY_CALL_MAX_CALLS: "1" } });
    const token = await issuer.token({ sub: `olga@${domain}`, roles: ["operator"] });
    operator = StoryReader.with(gateway, token);
  });

  after(() => rmSync(stateDir, { recursive: true, force: true }));

  it("overload, token-expired, and gateway-stopped in the files that it leaves", async () => {
    const page = await FrameClient.open(gateway);
    await page.signIn({ token: await issuer.tokenFor(2) });
    const standing = await page.call({ tel: "601" });
    await page.event("call.answered", standing);
    const description = { kind: "offer", sdp: browserOffer, generation: 1 };
    const second = await page.request("call.start", { target: { tel: "601" }, description });
    await operator.verdict(String(second["reference"]), "overload");

    await until("the token's end", async () => {
      const late = await page.request("call.start", { target: { tel: "601" }, description });
      return late.code === "token-expired";
    });
    await operator.newest("token-expired");

    const standingReference = String(page.frames.find(({ type }) => type === "call.started")?.["reference"]);
    await gateway.stop();
    const text = await showCall(stateDir, standingReference);
    assert.match(text, /The gateway was stopped/);
  });
});
