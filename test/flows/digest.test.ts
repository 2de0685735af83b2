import assert from "node:assert/strict";
import { Baresip } from "../support/baresip.ts";
import { domain, otherDomain, patience, TestGateway } from "../support/gateway.ts";
import { FrameClient } from "../support/frame-client.ts";
import { answer, credentialsFor, RegisteredUa, responseOf, type Credentials } from "../support/registered-ua.ts";
import { only, SipUa, type SipDialog, type SipMessage } from "../support/sip-ua.ts";
import { phoneOffer } from "../support/sdp-samples.ts";
import { elapsed, until } from "../support/until.ts";

const nonceLife = 2000;
/** What an answer that is not held back takes at most, in milliseconds. */
const promptly = 1000;

/** Digest (RFC 7616, RFC 8760) as phones and trunks meet it. Guesses are counted by address: each has its own. */
describe("digest", function () {
  this.timeout(patience);
  let gateway: TestGateway;
  let trunk: SipUa;
  const agents: SipUa[] = [];
  let addresses = 1;

  before(async () => {
    trunk = await SipUa.open("trunk");
    const address = `127.0.0.1:${trunk.port}`;
    gateway = await TestGateway.start({
      env: { GATEWAY_SIP_NONCE_LIFE: String(nonceLife) },
      trunks: [{ name: "carrier", address, username: "customer", password: "pw-carrier-8c11e0" }],
    });
    gateway.secrets.add("pw-carrier-8c11e0");
  });

  after(async () => {
    for (const agent of [...agents, trunk]) await agent.close();
    await gateway?.assertIdle();
    await gateway?.stop();
  });

  /** A user agent at an address that nobody has guessed from. */
  async function stranger(): Promise<SipUa> {
    const next = ++addresses;
    const agent = await SipUa.open("phone", 0, `127.0.${next >> 8}.${next & 255}`);
    agents.push(agent);
    return agent;
  }

  const peer = () => ({ address: "127.0.0.1", port: gateway.sipPort });
  const passwordOf = (name: string): string => gateway.registrar(name).password;

  function registration(ua: SipUa, name: string, of = domain): SipDialog {
    const dialog = ua.dialog(`sip:${of}`, peer());
    dialog.localUri = dialog.remoteUri = `sip:${name}@${of}`;
    return dialog;
  }

  /** REGISTER without a Contact: asks what is bound and changes nothing (RFC 3261 10.2.3). */
  async function query(ua: SipUa, dialog: SipDialog, authorization?: string): Promise<SipMessage> {
    const headers = ["Contact:", ...(authorization ? [`Authorization: ${authorization}`] : [])];
    ua.send(dialog, "REGISTER", { headers });
    return ua.final(dialog, "REGISTER");
  }

  /** A whole attempt: asks, is challenged, answers. */
  async function attempt(ua: SipUa, credentials: Credentials, of = domain) {
    const dialog = registration(ua, credentials.user, of);
    const challenge = await query(ua, dialog);
    assert.equal(challenge.status, 401);
    const authorization = answer(challenge, credentials, "REGISTER", dialog.target);
    const sentAt = Date.now();
    const verdict = await query(ua, dialog, authorization);
    return { dialog, challenge, authorization, verdict, tookMs: verdict.at - sentAt };
  }

  const right = (name: string, algorithm: "MD5" | "SHA-256" = "SHA-256"): Credentials => ({
    user: name,
    password: passwordOf(name),
    algorithm,
  });
  const wrong = (name: string, algorithm: "MD5" | "SHA-256" = "SHA-256"): Credentials => ({
    ...right(name, algorithm),
    password: "guessed",
  });
  const challengesOf = (message: SipMessage): readonly string[] => message.headers.get("www-authenticate") ?? [];
  const isStale = (message: SipMessage): boolean => challengesOf(message).every((line) => /stale=true/i.test(line));

  it("offers SHA-256 first, then MD5, a line each (RFC 8760 2.4)", async () => {
    const ua = await stranger();
    const challenges = challengesOf(await query(ua, registration(ua, "carol")));
    assert.deepEqual(
      challenges.map((line) => /algorithm=([\w-]+)/.exec(line)?.[1]),
      ["SHA-256", "MD5"],
    );
    for (const line of challenges) assert.match(line, new RegExp(`^Digest realm="${domain}", nonce="[^"]{20,}"`));
  });

  for (const algorithm of ["SHA-256", "MD5"] as const) {
    it(`${algorithm}: the right password registers and calls, a wrong one is refused`, async () => {
      const ua = await stranger();
      assert.equal((await attempt(ua, right("carol", algorithm))).verdict.status, 200);
      assert.equal((await attempt(ua, wrong("carol", algorithm))).verdict.status, 403);
      assert.equal((await attempt(ua, { ...right("carol", algorithm), user: "dave" })).verdict.status, 403);

      const carol = await RegisteredUa.open(gateway, "carol", { algorithm });
      const dialog = await carol.invite(`nobody@${domain}`, { body: phoneOffer() });
      assert.equal((await carol.ua.final(dialog, "INVITE")).status, 404);
      await carol.close();
    });
  }

  it("baresip registers and calls with the right password, and with a wrong one does not", async () => {
    const [carol, dave] = await Promise.all([
      Baresip.start({ user: "carol", toneHz: 440, registrar: gateway.registrar("carol") }),
      Baresip.start({ user: "dave", toneHz: 440, registrar: { ...gateway.registrar("dave"), password: "guessed" } }),
    ]);
    await carol.registered();
    await carol.dial(`sip:600@${domain}`);
    await carol.event("CALL_ESTABLISHED");
    await carol.hangup();
    await until("baresip's own word for it", () => /403 Forbidden/.test(dave.log()));
    await dave.dial(`sip:600@${domain}`);
    await dave.event("CALL_CLOSED");
    assert.equal(dave.events.filter(({ type }) => type === "CALL_ESTABLISHED").length, 0);
    await Promise.all([carol.stop(), dave.stop()]);
  });

  it("a count of a nonce is accepted once, the next one too, an earlier one no more (RFC 7616 5.5)", async () => {
    const ua = await stranger();
    const first = await attempt(ua, right("carol"));
    assert.equal(first.verdict.status, 200);
    const replayed = await query(ua, first.dialog, first.authorization);
    assert.equal(replayed.status, 401);
    assert.ok(isStale(replayed), "the password was right, so a new nonce is offered without blame");
    const counted = (count: number): string =>
      answer(first.challenge, right("carol"), "REGISTER", first.dialog.target, count);
    assert.equal((await query(ua, first.dialog, counted(7))).status, 200);
    for (const count of [7, 6, 1]) assert.equal((await query(ua, first.dialog, counted(count))).status, 401);
    assert.equal((await query(ua, first.dialog, counted(8))).status, 200);
  });

  it("credentials of somebody who listened are worth nothing: other method, other time, other nonce", async () => {
    const ua = await stranger();
    const thief = await stranger();
    const { authorization } = await attempt(ua, right("carol"));
    assert.equal((await query(thief, registration(thief, "carol"), authorization)).status, 401);
    const invite = thief.dialog(`sip:dave@${domain}`, peer());
    invite.localUri = `sip:carol@${domain}`;
    const stolen = { headers: [`Proxy-Authorization: ${authorization}`], body: phoneOffer() };
    assert.ok([403, 407].includes((await thief.invite(invite, stolen)).status));
    const forged = credentialsFor({
      ...right("carol"),
      realm: domain,
      nonce: "made.up.by-myself.0123456789",
      method: "REGISTER",
      uri: `sip:${domain}`,
      count: 1,
    });
    const verdict = await query(thief, registration(thief, "carol"), forged);
    assert.equal(verdict.status, 401);
    assert.ok(isStale(verdict));
  });

  it("an old nonce is stale: a new one is offered, and the phone gets in with it", async () => {
    const ua = await stranger();
    const dialog = registration(ua, "carol");
    const challenge = await query(ua, dialog);
    await elapsed(nonceLife + 200);
    const late = await query(ua, dialog, answer(challenge, right("carol"), "REGISTER", dialog.target));
    assert.equal(late.status, 401);
    assert.ok(isStale(late));
    const fresh = await query(ua, dialog, answer(late, right("carol"), "REGISTER", dialog.target));
    assert.equal(fresh.status, 200);
    // RFC 7616 3.3: only to credentials that are right but for their nonce.
    const guessed = await query(ua, dialog, answer(challenge, wrong("carol"), "REGISTER", dialog.target));
    assert.equal(guessed.status, 403);
  });

  it("a user who does not exist is told what a wrong password is told, byte for byte", async () => {
    const told = async (name: string, credentials = wrong("carol"), of = domain): Promise<string[]> => {
      const { challenge, verdict } = await attempt(await stranger(), { ...credentials, user: name }, of);
      return [challenge, verdict].map((message) => withoutOnesOwn(message, name));
    };
    const known = await told("carol");
    assert.deepEqual(await told("nobody"), known);
    assert.deepEqual(await told("frank.who-never-was"), known);
    // The right password of somebody else is no better.
    assert.deepEqual(await told("nobody", right("carol")), known);
    const there = await told("mallory", wrong("carol"), otherDomain);
    assert.deepEqual(await told("nobody", wrong("carol"), otherDomain), there);
  });

  it("a user who does not exist is told so in the same time", async () => {
    const times = { known: [] as number[], unknown: [] as number[] };
    for (let turn = 0; turn < 25; turn++) {
      times.known.push(await timeOfGuess("carol"));
      times.unknown.push(await timeOfGuess(`nobody${turn}`));
    }
    const difference = Math.abs(median(times.known) - median(times.unknown));
    assert.ok(difference < 3, `${median(times.known)} ms and ${median(times.unknown)} ms`);
  });

  /** How long the answer to a wrong password took, in milliseconds. */
  async function timeOfGuess(name: string): Promise<number> {
    const ua = await stranger();
    const dialog = registration(ua, name);
    const authorization = answer(await query(ua, dialog), { ...wrong("carol"), user: name }, "REGISTER", dialog.target);
    const from = performance.now();
    const told = ua.arrival();
    ua.send(dialog, "REGISTER", { headers: ["Contact:", `Authorization: ${authorization}`] });
    await told;
    return performance.now() - from;
  }

  it("the 6th wrong try within 60 s from an address and each further one wait 2 s, a right one never", async () => {
    const ua = await stranger();
    for (let turn = 1; turn <= 5; turn++) {
      const { verdict, tookMs } = await attempt(ua, wrong("carol"));
      assert.equal(verdict.status, 403);
      assert.ok(tookMs < promptly, `try ${turn}: ${tookMs} ms`);
    }
    // Whose password is guessed and by which method makes no difference.
    for (const name of ["carol", "nobody"]) {
      const held = attempt(ua, wrong(name));
      const free = await attempt(ua, right("carol"));
      assert.equal(free.verdict.status, 200);
      assert.ok(free.tookMs < promptly, `right password: ${free.tookMs} ms`);
      const { verdict, tookMs } = await held;
      assert.equal(verdict.status, 403);
      assert.ok(tookMs >= 1990 && tookMs < 2000 + promptly, `wrong password: ${tookMs} ms`);
    }
    const elsewhere = await attempt(await stranger(), wrong("carol"));
    assert.ok(elsewhere.tookMs < promptly, `from another address: ${elsewhere.tookMs} ms`);
  });

  it("many wrong tries at once do not slip through", async () => {
    const ua = await stranger();
    const tries = await Promise.all(Array.from({ length: 12 }, () => attempt(ua, wrong("carol"))));
    assert.ok(tries.every(({ verdict }) => verdict.status === 403));
    assert.equal(tries.filter(({ tookMs }) => tookMs < 1990).length, 5);
  });

  it("wrong tries by INVITE count and wait like those by REGISTER", async () => {
    const ua = await stranger();
    const tries: number[] = [];
    for (let turn = 0; turn < 6; turn++) {
      const dialog = ua.dialog(`sip:600@${domain}`, peer());
      dialog.localUri = `sip:carol@${domain}`;
      const challenge = await ua.invite(dialog, { body: phoneOffer() });
      assert.equal(challenge.status, 407);
      delete dialog.remoteTag;
      const authorization = answer(challenge, wrong("carol"), "INVITE", dialog.target);
      const from = Date.now();
      const verdict = await ua.invite(dialog, {
        headers: [`Proxy-Authorization: ${authorization}`],
        body: phoneOffer(),
      });
      assert.equal(verdict.status, 403);
      tries.push(verdict.at - from);
    }
    assert.ok(tries.slice(0, 5).every((ms) => ms < promptly) && (tries[5] ?? 0) >= 1990, tries.join(" "));
  });

  it("a trunk that asks for SHA-256 gets it, one that knows only MD5 too", async () => {
    const alice = await FrameClient.signedIn(gateway, "alice");
    const challenges = {
      both: ['Digest realm="carrier.test", nonce="n1", qop="auth", algorithm=MD5', sha256("n1")],
      old: ['Digest realm="carrier.test", nonce="n2"'],
    };
    for (const [asked, algorithm] of [
      [challenges.both, "SHA-256"],
      [challenges.old, "MD5"],
    ] as const) {
      const callId = await alice.call({ tel: "+33123456789" });
      const first = await trunk.request("INVITE");
      trunk.reply(first, 407, "Who are you", { headers: asked.map((line) => `Proxy-Authenticate: ${line}`) });
      await trunk.request("ACK");
      const second = await trunk.request("INVITE");
      const given = only(second, "proxy-authorization");
      assert.match(given, new RegExp(`username="customer".*algorithm=${algorithm}`));
      assert.equal(field(given, "response"), expectedResponse(second, given, algorithm));
      assert.equal(only(second, "call-id"), only(first, "call-id"));
      assert.ok(parseInt(only(second, "cseq")) > parseInt(only(first, "cseq")));
      trunk.reply(second, 486, "Busy Here");
      await trunk.request("ACK");
      assert.equal((await alice.ended(callId)).reason, "busy");
    }
    await alice.close();
  });
});

const sha256 = (nonce: string): string =>
  `Digest realm="carrier.test", nonce="${nonce}", qop="auth", algorithm=SHA-256`;
const field = (line: string, name: string): string => new RegExp(`\\b${name}="?([^",]+)`).exec(line)?.[1] ?? "";

function expectedResponse(request: SipMessage, given: string, algorithm: "MD5" | "SHA-256"): string {
  const signed = {
    user: "customer",
    password: "pw-carrier-8c11e0",
    algorithm,
    realm: field(given, "realm"),
    nonce: field(given, "nonce"),
    method: "INVITE",
    uri: request.line.split(" ")[1] ?? "",
  };
  assert.equal(field(given, "uri"), signed.uri);
  const [cnonce, nc] = [field(given, "cnonce"), field(given, "nc")];
  return responseOf({ ...signed, ...(cnonce && { cnonce, nc }) });
}

/** A message without what differs from request to request: Via, tags, Call-ID, CSeq, nonce and the name asked for. */
function withoutOnesOwn({ raw }: SipMessage, name: string): string {
  return raw
    .replaceAll(name, "NAME")
    .replace(/^(Via|Call-ID|CSeq|Date): .*$/gim, "$1")
    .replace(/tag=[^;>\s]+/g, "tag")
    .replace(/nonce="[^"]+"/g, (text) => `nonce of ${text.length}`);
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
