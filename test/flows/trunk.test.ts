import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Page } from "playwright-core";
import { systemClock } from "../../gateway/base/clock.ts";
import { RtpPlayer } from "../../gateway/media/rtp-player/player.ts";
import { Chromium, hearsTone } from "../support/chromium.ts";
import { domain, patience, TestGateway } from "../support/gateway.ts";
import { PhonePage } from "../support/phone-page.ts";
import { only, SipUa, type SipMessage } from "../support/sip-ua.ts";

const pageHz = 1000;
const password = "pw-trunk-77aa31c0";

/** A carrier: takes calls from us after a digest challenge, and sends us calls without being asked for a password. */
describe("a trunk", function () {
  this.timeout(patience);
  let carrier: SipUa;
  let gateway: TestGateway;
  let browser: Chromium;
  let alice: PhonePage<Page>;
  const players = new RtpPlayer({ clock: systemClock });

  before(async () => {
    carrier = await SipUa.open("carrier");
    const trunk = {
      name: "carrier",
      address: `127.0.0.1:${carrier.port}`,
      username: "acme",
      password,
      number: "+33186260010",
      inbound: { "+33186260014": `alice@${domain}` },
    };
    [gateway, browser] = await Promise.all([
      TestGateway.start({ trunks: [trunk] }),
      Chromium.launch({ toneHz: pageHz }),
    ]);
    alice = await PhonePage.open(await browser.page(), gateway, "alice");
  });

  after(async () => {
    await browser?.close();
    await gateway?.assertIdle();
    assert.ok(!gateway.logs().includes(password), "the trunk's password stands in a log");
    await gateway?.stop();
    await carrier?.close();
  });

  const challenge = 'Proxy-Authenticate: Digest realm="carrier.example", nonce="n0nce", qop="auth", algorithm=MD5';

  it("takes a number in the form of its profile, answers its challenge, and names the caller", async () => {
    await alice.call({ tel: "+44-20-7946-0958" });
    const first = await carrier.request("INVITE");
    carrier.reply(first, 407, "Proxy Authentication Required", { headers: [challenge] });
    await carrier.request("ACK");
    const second = await carrier.request("INVITE");

    assert.match(second.line, /^INVITE sip:\+442079460958@127\.0\.0\.1/);
    assert.equal(only(second, "call-id"), only(first, "call-id"));
    assert.equal(Number.parseInt(only(second, "cseq")), Number.parseInt(only(first, "cseq")) + 1);
    assert.match(only(second, "from"), /<sip:\+33186260010@/);
    assert.match(only(second, "p-asserted-identity"), /<sip:\+33186260010@/);
    assert.equal(only(second, "proxy-authorization").includes(password), false);
    assert.ok(rightly(second), only(second, "proxy-authorization"));

    const session = await players.open({ program: { tone: 440 } });
    carrier.reply(second, 200, "OK", { body: session.answer(second.body), tag: "far" });
    await carrier.request("ACK");
    await alice.state("connected");
    await hearsTone(alice.page, 440, pageHz);
    await alice.end();
    await carrier.request("BYE");
    session.close();
  });

  it("sends calls to the user of a number, with the caller that it asserts", async () => {
    const session = await players.open({ program: { tone: 440 } });
    const dialog = carrier.dialog("sip:+33186260014@gateway", { address: "127.0.0.1", port: gateway.sipPort });
    const headers = ['P-Asserted-Identity: "Grandma" <sip:+33612345678@carrier.example>'];
    const answered = carrier.invite(dialog, { body: session.offer(), headers });
    await alice.answer();
    const final = await answered;
    assert.equal(final.status, 200);
    session.accept(final.body);
    await alice.state("connected");
    const peer = await alice.page.evaluate<{ name: string; number: string }>("window.test.last().view().peer");
    assert.deepEqual([peer.name, peer.number], ["Grandma", "+33612345678"]);
    await hearsTone(alice.page, 440, pageHz);
    carrier.send(dialog, "BYE");
    await alice.ended();
    session.close();
  });

  it("is told 404 for a number that is nobody's", async () => {
    const session = await players.open({ program: { tone: 440 } });
    const dialog = carrier.dialog("sip:+33100000000@gateway", { address: "127.0.0.1", port: gateway.sipPort });
    assert.equal((await carrier.invite(dialog, { body: session.offer() })).status, 404);
    session.close();
  });

  it("does not lend its rights to others: the same INVITE from elsewhere is 403", async () => {
    const stranger = await SipUa.open("stranger");
    const dialog = stranger.dialog("sip:+33186260014@gateway", { address: "127.0.0.1", port: gateway.sipPort });
    dialog.localUri = "sip:+33612345678@carrier.example";
    assert.equal((await stranger.invite(dialog)).status, 403);
    await stranger.close();
  });
});

/** Checks the credentials by computing them again (RFC 7616 3.4.1). */
function rightly(request: SipMessage): boolean {
  const value = only(request, "proxy-authorization");
  const field = (name: string): string => new RegExp(`\\b${name}="?([^",]+)`).exec(value)?.[1] ?? "";
  const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
  const ha1 = md5(`acme:carrier.example:${password}`);
  const ha2 = md5(`INVITE:${field("uri")}`);
  return field("response") === md5(`${ha1}:n0nce:${field("nc")}:${field("cnonce")}:auth:${ha2}`);
}
