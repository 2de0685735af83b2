import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { FrameClient, type Received } from "../support/frame-client.ts";
import { domain, otherDomain, patience, TestGateway } from "../support/gateway.ts";
import { RegisteredUa } from "../support/registered-ua.ts";
import { phoneOffer } from "../support/sdp-samples.ts";
import { only, SipUa } from "../support/sip-ua.ts";
import { keySet, TokenIssuer, unsigned, type Claims } from "../support/tokens.ts";
import { elapsed, until } from "../support/until.ts";

const secret = "hmac-secret-of-the-token-suite-7d1e4b";
const audience = "offhook-suite";
const issuer = "https://issuer.test";

/** Offers a sign-in that must fail: the answer, and the one line that the log gives it, without the token. */
async function refusedSignIn(gateway: TestGateway, fields: Readonly<Record<string, unknown>>): Promise<Received> {
  const { token } = fields;
  if (typeof token === "string") hide(gateway, token);
  const client = await FrameClient.open(gateway);
  const from = gateway.log().length;
  const answer = await client.request("session.open", fields);
  assert.equal(answer.type, "refused");
  assert.match(String(answer.text), /\w/);
  const lines = await until("a log line", () => linesAfter(gateway, from));
  assert.equal(lines.length, 1, lines.join("\n"));
  assert.match(lines[0] ?? "", / warn (sign-in refused|bad frame) /);
  // Nothing was opened: what needs a session is refused still.
  assert.equal((await client.request("ping")).code, "not-signed-in");
  await client.close();
  return answer;
}

/** What a whole suite's logs must not hold: the token, and each part that would be worth something. */
function hide(gateway: TestGateway, token: string): void {
  gateway.secrets.add(token);
  for (const part of token.split(".")) if (part.length > 20) gateway.secrets.add(part);
}

/** Sessions of tests before may still be ending. */
const isOfAnother = (line: string): boolean => / info session closed session=\S+$/.test(line);

function linesAfter(gateway: TestGateway, from: number): string[] | undefined {
  const lines = gateway
    .log()
    .slice(from)
    .split("\n")
    .filter((line) => line !== "" && !isOfAnother(line));
  return lines.length > 0 ? lines : undefined;
}

async function signedIn(gateway: TestGateway, token: string): Promise<FrameClient> {
  hide(gateway, token);
  const client = await FrameClient.open(gateway);
  await client.signIn({ token });
  return client;
}

describe("tokens", function () {
  this.timeout(patience);

  describe("with an HMAC secret", () => {
    const good = new TokenIssuer(secret, "HS256");
    const required = { aud: audience, iss: issuer };
    const token = (changes: Claims = {}): Promise<string> => good.token({ ...required, ...changes });
    const tokenFor = (seconds: number, changes: Claims = {}): Promise<string> =>
      good.tokenFor(seconds, { ...required, ...changes });
    let gateway: TestGateway;
    let carol: RegisteredUa;

    before(async () => {
      gateway = await TestGateway.start({
        env: {
          GATEWAY_AUTH_SECRET: secret,
          GATEWAY_AUTH_AUDIENCE: audience,
          GATEWAY_AUTH_ISSUER: issuer,
          GATEWAY_MEDIA_TIMEOUT: "60000",
          GATEWAY_DIAL_ALLOW: "sip:*@localhost",
        },
      });
      carol = await RegisteredUa.open(gateway, "carol");
    });

    after(async () => {
      await carol?.close();
      await gateway?.assertIdle();
      await gateway?.stop();
    });

    /** The page's call to carol's softphone is answered. */
    async function talk(client: FrameClient) {
      const callId = await client.call({ user: `carol@${domain}` });
      const dialog = await carol.answerWithTone(await carol.ua.request("INVITE"), 440);
      await client.event("call.answered", callId);
      return { callId, dialog };
    }

    const hangUps = (): number =>
      carol.ua.messages.filter(({ status, method }) => status === 0 && method === "BYE").length;

    it("a good one signs in, and says who and for how long", async () => {
      const client = await FrameClient.open(gateway);
      const text = await tokenFor(600);
      hide(gateway, text);
      const opened = await client.signIn({ token: text });
      assert.deepEqual([opened.user, opened.name], [`alice@${domain}`, "Alice"]);
      const left = Number(opened.expiresInMs);
      assert.ok(left > 595_000 && left <= 601_000, `${left} ms`);
      await client.close();
    });

    for (const algorithm of ["HS384", "HS512"]) {
      it(`${algorithm} is taken too`, async () => {
        const client = await signedIn(gateway, await new TokenIssuer(secret, algorithm).token(required));
        await client.close();
      });
    }

    const bad: readonly { title: string; code?: string; make: () => Promise<string> | string }[] = [
      { title: "expired", code: "token-expired", make: () => tokenFor(-10) },
      { title: "not yet valid", make: () => token({ nbf: Math.floor(Date.now() / 1000) + 60 }) },
      { title: "signed with another secret", make: () => new TokenIssuer(`${secret}x`, "HS256").token(required) },
      { title: "of algorithm none", make: () => unsigned(required) },
      { title: "changed after it was signed", make: async () => changed(await token()) },
      { title: "for another audience", make: () => token({ aud: "somebody-else" }) },
      { title: "without an audience", make: () => token({ aud: undefined }) },
      { title: "of another issuer", make: () => token({ iss: "https://elsewhere.test" }) },
      { title: "without an issuer", make: () => token({ iss: undefined }) },
      { title: "without a subject", make: () => token({ sub: undefined }) },
      { title: "with an empty subject", make: () => token({ sub: "" }) },
      { title: "whose subject is no name@domain", make: () => token({ sub: "alice" }) },
      { title: "whose subject holds a line break", make: () => token({ sub: `alice\r\nX-Evil: 1@${domain}` }) },
      { title: "of a domain that is not ours", make: () => token({ sub: "alice@elsewhere.test" }) },
      { title: "without an expiry", make: () => token({ exp: undefined }) },
      { title: "that lives for more than 24 h", make: () => tokenFor(24 * 3600 + 60) },
      { title: "that is no token", make: () => "bearer-of-nothing-at-all" },
      { title: "of three empty parts", make: () => "......" },
      { title: "64 KiB long", code: "bad-frame", make: async () => (await token()) + "A".repeat(65_536) },
      { title: "64 KiB long and well signed", code: "bad-frame", make: () => token({ padding: "x".repeat(65_536) }) },
    ];

    for (const { title, code = "token-refused", make } of bad) {
      it(`one ${title}: ${code}, and one log line`, async () => {
        assert.equal((await refusedSignIn(gateway, { token: await make() })).code, code);
      });
    }

    it("neither token nor user: refused; the development sign-in too, because there is a secret", async () => {
      assert.equal((await refusedSignIn(gateway, {})).code, "token-refused");
      assert.equal((await refusedSignIn(gateway, { user: `alice@${domain}` })).code, "token-refused");
      const welcome = (await (await fetch(`${gateway.url}/api/welcome`)).json()) as { development: unknown };
      assert.equal(welcome.development, null);
    });

    it("a connection that tries and tries is closed", async () => {
      const client = await FrameClient.open(gateway);
      for (let turn = 0; turn < 5; turn++)
        assert.equal((await client.request("session.open", { token: "guess" })).code, "token-refused");
      assert.equal((await client.closed()).code, 1008);
    });

    it("a token that expires while nobody talks ends the session", async () => {
      const client = await signedIn(gateway, await tokenFor(2));
      await client.event("session.expiring");
      const closed = await client.event("session.closed");
      assert.equal(closed.reason, "token-expired");
      assert.equal((await client.closed()).code, 4401);
    });

    it("one that expires during a call: the call stays, new ones are refused, then the session closes", async () => {
      const client = await signedIn(gateway, await tokenFor(2));
      const { callId } = await talk(client);
      const before = hangUps();
      await client.event("session.expiring");
      const refused = await until("new calls are refused", async () => {
        const answer = await client.request("call.start", offerTo(`nobody@${domain}`));
        return answer.type === "refused" && answer;
      });
      assert.equal(refused.code, "token-expired");
      await elapsed(1000);
      assert.equal(hangUps(), before);
      assert.equal((await client.request("call.dtmf", { callId, digits: "1" })).type, "ok");
      // Nobody rings a page whose token is over.
      const bob = await signedIn(gateway, await token({ sub: `bob@${domain}` }));
      const unheard = await bob.call({ user: `alice@${domain}` });
      assert.equal((await bob.ended(unheard)).reason, "unavailable");
      await bob.close();
      assert.equal(client.closing, undefined);
      await client.end(callId);
      await carol.ua.request("BYE");
      assert.equal((await client.event("session.closed")).reason, "token-expired");
      assert.equal((await client.closed()).code, 4401);
    });

    it("renewed before it expires: the session goes on as if nothing had been", async () => {
      const client = await signedIn(gateway, await tokenFor(2));
      const fresh = await tokenFor(600);
      hide(gateway, fresh);
      assert.equal((await client.request("session.renew", { token: fresh })).type, "ok");
      await elapsed(3200);
      const { callId, dialog } = await talk(client);
      carol.ua.send(dialog, "BYE");
      await client.ended(callId);
      assert.ok(!client.frames.some(({ type }) => type === "session.closed"));
      await client.close();
    });

    it("renewed after it expired, during a call: calls are possible again", async () => {
      const client = await signedIn(gateway, await tokenFor(1));
      const { callId, dialog } = await talk(client);
      await until("expiry", async () => (await client.request("call.start", offerTo(`nobody@${domain}`))).code);
      const fresh = await tokenFor(600);
      hide(gateway, fresh);
      assert.equal((await client.request("session.renew", { token: fresh })).type, "ok");
      carol.ua.send(dialog, "BYE");
      await client.ended(callId);
      const again = await client.call({ user: `nobody@${domain}` });
      assert.equal((await client.ended(again)).reason, "not-found");
      await client.close();
    });

    it("a renewal with a bad token or somebody else's changes nothing, and costs one log line", async () => {
      const client = await signedIn(gateway, await tokenFor(600));
      const tries = [
        { code: "token-refused", token: await token({ sub: `bob@${domain}` }) },
        { code: "token-refused", token: await token({ sub: `alice@${otherDomain}` }) },
        { code: "token-refused", token: unsigned(required) },
        { code: "token-expired", token: await tokenFor(-5) },
      ];
      for (const { code, token } of tries) {
        hide(gateway, token);
        const from = gateway.log().length;
        assert.equal((await client.request("session.renew", { token })).code, code);
        const lines = await until("a log line", () => linesAfter(gateway, from));
        assert.equal(lines.length, 1, lines.join("\n"));
        assert.match(lines[0] ?? "", / warn token refused /);
      }
      const callId = await client.call({ user: `nobody@${domain}` });
      assert.equal((await client.ended(callId)).reason, "not-found");
      await client.close();
    });

    const rights: readonly { calls: unknown; may: readonly object[]; mayNot: readonly object[] }[] = [
      {
        calls: ["user:bob@*"],
        may: [{ user: `bob@${domain}` }],
        mayNot: [{ user: `carol@${domain}` }, { tel: "+33123456789" }, { sip: "x@localhost:9" }],
      },
      { calls: ["user:*"], may: [{ user: `bob@${domain}` }], mayNot: [{ sip: "sip:x@example.org" }] },
      { calls: [], may: [], mayNot: [{ user: `bob@${domain}` }] },
      { calls: "user:*", may: [], mayNot: [{ user: `bob@${domain}` }] },
      { calls: [42, null, {}], may: [], mayNot: [{ user: `bob@${domain}` }] },
      { calls: ["*"], may: [{ user: `bob@${domain}` }], mayNot: [{ sip: "sip:x@127.0.0.1:9" }] },
    ];

    for (const { calls, may, mayNot } of rights) {
      it(`the claim calls ${JSON.stringify(calls)} is what it allows and no more`, async () => {
        const client = await signedIn(gateway, await token({ calls }));
        const reasonOf = async (target: object) => {
          const callId = await client.call(target as { user: string });
          return (await client.ended(callId)).reason;
        };
        for (const target of may) assert.equal(await reasonOf(target), "unavailable", JSON.stringify(target));
        for (const target of mayNot)
          assert.ok(["not-allowed", "not-found"].includes(String(await reasonOf(target))), JSON.stringify(target));
        await client.close();
      });
    }

    it("no claim reaches another domain's user: answered like one who does not exist", async () => {
      const client = await signedIn(gateway, await token({ calls: ["*", "user:*", `user:mallory@${otherDomain}`] }));
      for (const target of [{ user: `mallory@${otherDomain}` }, { sip: `sip:mallory@${otherDomain}` }]) {
        const callId = await client.call(target);
        assert.equal((await client.ended(callId)).reason, "not-found");
      }
      await client.close();
    });

    it("{sip} reaches a domain in dial.allow, an address literal only by the token's own claim", async () => {
      const peer = await SipUa.open("peer");
      const client = await signedIn(gateway, await token());
      const busyAt = async (page: FrameClient, host: string): Promise<void> => {
        const callId = await page.call({ sip: `sip:peer@${host}:${peer.port}` });
        const invite = await peer.request("INVITE");
        assert.match(invite.line, new RegExp(`^INVITE sip:peer@${host}:${peer.port} `));
        assert.match(only(invite, "from"), new RegExp(`^"Alice" <sip:alice@${domain}>`));
        peer.reply(invite, 486, "Busy Here");
        await peer.request("ACK");
        assert.equal((await page.ended(callId)).reason, "busy");
      };
      await busyAt(client, "localhost");
      const literals = ["127.0.0.1", "2130706433", "0x7f.1", "127.1", "[::1]", "0177.0.0.1", "127.0.0.1."];
      for (const host of literals) {
        const callId = await client.call({ sip: `sip:peer@${host}:${peer.port}` });
        const { reason } = await client.ended(callId);
        assert.ok(reason === "not-allowed" || reason === "not-found", `${host}: ${reason}`);
      }
      const trusted = await signedIn(gateway, await token({ calls: ["sip:*@127.0.0.1"] }));
      await busyAt(trusted, "127.0.0.1");
      assert.equal(peer.messages.filter(({ line }) => line.startsWith("INVITE")).length, 2);
      await Promise.all([client.close(), trusted.close(), peer.close()]);
    });

    it("a name with line breaks, in the token or in the frame, never reaches a SIP header", async () => {
      const names = ["Eve\r\nX-Evil: 1\r\n\r\nv=0", 'Eve"\r\n <sip:x@y>;X-Evil="1', "Eve\u0000\u001b[2J\u007f", "\r\n"];
      for (const name of names) {
        const client = await signedIn(gateway, await token({ name }));
        const callId = await client.call({ user: `carol@${domain}` });
        const invite = await carol.ua.request("INVITE");
        assert.ok(![...invite.headers.keys()].some((header) => header.startsWith("x-")), invite.raw);
        assert.equal(invite.headers.get("from")?.length, 1);
        assert.match(only(invite, "from"), new RegExp(`^("[^\\u0000-\\u001f]*" )?<sip:alice@${domain}>;tag=[^;]+$`));
        carol.ua.reply(invite, 486, "Busy Here");
        await carol.ua.request("ACK");
        await client.ended(callId);
        await client.close();
      }
      const client = await FrameClient.open(gateway);
      const answer = await client.request("session.open", { token: await token(), displayName: "Eve\r\nX-Evil: 1" });
      assert.equal(answer.code, "bad-frame");
      await client.close();
    });

    it("an INVITE of somebody unknown is 403, one without credentials 407", async () => {
      const stranger = await SipUa.open("stranger");
      const peer = { address: "127.0.0.1", port: gateway.sipPort };
      for (const [from, status] of [
        ["sip:eve@elsewhere.test", 403],
        ["sip:anonymous@anonymous.invalid", 403],
        ["tel:+33123456789", 403],
        [`sip:nobody@${domain}`, 407],
        [`sip:carol@${domain}`, 407],
      ] as const) {
        const dialog = stranger.dialog(`sip:alice@${domain}`, peer);
        dialog.localUri = from;
        const headers = [`P-Asserted-Identity: <sip:carol@${domain}>`];
        assert.equal((await stranger.invite(dialog, { body: phoneOffer(), headers })).status, status, from);
      }
      await stranger.close();
    });

    it("a softphone reaches no address literal and no foreign domain either", async () => {
      const dialog = await carol.invite("eve@elsewhere.test", { body: phoneOffer() });
      assert.equal((await carol.ua.final(dialog, "INVITE")).status, 403);
      const crossing = await carol.invite(`mallory@${otherDomain}`, { body: phoneOffer() });
      assert.equal((await carol.ua.final(crossing, "INVITE")).status, 404);
    });
  });

  describe("with a JSON Web Key Set", () => {
    const keys = keySet();
    let gateway: TestGateway;

    before(async () => {
      gateway = await TestGateway.start({ env: { GATEWAY_AUTH_JWKS: keys.file } });
    });

    after(async () => {
      keys.remove();
      await gateway?.assertIdle();
      await gateway?.stop();
    });

    it("a token of the private key signs in", async () => {
      const client = await signedIn(gateway, await keys.issuer.token());
      await client.close();
    });

    const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    const modulus = String(keys.set.keys[0]?.n);
    const bad: readonly { title: string; code?: string; make: () => Promise<string> | string }[] = [
      { title: "of another private key", make: () => new TokenIssuer(stranger, "RS256").token() },
      {
        title: "whose HMAC is made with the public key (PEM)",
        make: () => new TokenIssuer(keys.publicPem, "HS256").token(),
      },
      {
        title: "whose HMAC is made with the public key (trimmed)",
        make: () => new TokenIssuer(keys.publicPem.trim(), "HS256").token(),
      },
      { title: "whose HMAC is made with the modulus", make: () => new TokenIssuer(modulus, "HS256").token() },
      {
        title: "whose HMAC is made with the key set",
        make: () => new TokenIssuer(JSON.stringify(keys.set), "HS256").token(),
      },
      { title: "of algorithm none", make: () => unsigned() },
      { title: "expired", code: "token-expired", make: () => keys.issuer.tokenFor(-10) },
      { title: "changed after it was signed", make: async () => changed(await keys.issuer.token()) },
    ];

    for (const { title, code = "token-refused", make } of bad) {
      it(`one ${title}: ${code}, and one log line`, async () => {
        assert.equal((await refusedSignIn(gateway, { token: await make() })).code, code);
      });
    }
  });

  describe("with a key set that is fetched", () => {
    const keys = keySet();
    let server: Server;
    let gateway: TestGateway;
    let up = true;

    before(async () => {
      server = createServer(
        (_request, response) => void (up ? response.end(JSON.stringify(keys.set)) : response.destroy()),
      );
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as AddressInfo;
      gateway = await TestGateway.start({ env: { GATEWAY_AUTH_JWKS: `http://127.0.0.1:${port}/jwks.json` } });
    });

    after(async () => {
      keys.remove();
      server?.close();
      await gateway?.assertIdle();
      await gateway?.stop();
    });

    it("that cannot be had is our fault, not the token's; it is asked for again", async () => {
      up = false;
      const token = await keys.issuer.token();
      assert.equal((await refusedSignIn(gateway, { token })).code, "server-error");
      up = true;
      const client = await signedIn(gateway, token);
      await client.close();
    });
  });

  describe("without any key: the development sign-in", () => {
    let gateway: TestGateway;

    before(async () => {
      gateway = await TestGateway.start({ env: { GATEWAY_HTTP_ORIGINS: "https://friend.test" } });
    });

    after(async () => {
      await gateway?.assertIdle();
      await gateway?.stop();
    });

    const local = () => `http://localhost:${gateway.httpPort}`;

    it("is there for this machine", async () => {
      for (const headers of [{}, { Origin: local() }]) {
        const client = await FrameClient.open(gateway, { headers });
        await client.signIn({ user: `alice@${domain}` });
        await client.close();
      }
    });

    const foreign: readonly { title: string; headers: () => Record<string, string>; code: string }[] = [
      {
        title: "a foreign Host (a name that was made to point here)",
        headers: () => ({ Host: `rebound.test:${gateway.httpPort}` }),
        code: "token-refused",
      },
      {
        title: "a foreign Host with its own Origin",
        headers: () => ({
          Host: `rebound.test:${gateway.httpPort}`,
          Origin: `http://rebound.test:${gateway.httpPort}`,
        }),
        code: "token-refused",
      },
      {
        title: "a Host that only looks local",
        headers: () => ({ Host: `localhost.evil.test:${gateway.httpPort}` }),
        code: "token-refused",
      },
      {
        title: "an Origin that may connect, but is not this machine",
        headers: () => ({ Origin: "https://friend.test" }),
        code: "token-refused",
      },
    ];

    for (const { title, headers, code } of foreign) {
      it(`is refused for ${title}`, async () => {
        const client = await FrameClient.open(gateway, { headers: headers() });
        const from = gateway.log().length;
        assert.equal((await client.request("session.open", { user: `alice@${domain}` })).code, code);
        assert.equal((await until("a log line", () => linesAfter(gateway, from))).length, 1);
        await client.close();
        const welcome = await fetch(`${gateway.url}/api/welcome`, { headers: { Origin: "https://friend.test" } });
        assert.equal(((await welcome.json()) as { development: unknown }).development, null);
      });
    }

    for (const origin of ["https://evil.test", "null", "http://localhost:1", "http://127.0.0.1.evil.test", "garbage"]) {
      it(`a page of the origin ${origin} may not even connect`, async () => {
        const from = gateway.log().length;
        const client = await FrameClient.open(gateway, { headers: { Origin: origin } });
        const told = await client.next("a refusal", ({ type }) => type === "refused");
        assert.equal(told.code, "origin-refused");
        assert.equal((await client.closed()).code, 4403);
        assert.equal((await until("a log line", () => linesAfter(gateway, from))).length, 1);
      });
    }

    it("a token, a user who does not exist, and another domain's name are refused", async () => {
      assert.equal((await refusedSignIn(gateway, { token: unsigned() })).code, "token-refused");
      assert.equal(
        (await refusedSignIn(gateway, { token: await new TokenIssuer(secret, "HS256").token() })).code,
        "token-refused",
      );
      assert.equal((await refusedSignIn(gateway, { user: `nobody@${domain}` })).code, "token-refused");
      assert.equal((await refusedSignIn(gateway, { user: "alice@elsewhere.test" })).code, "token-refused");
    });
  });
});

const offerTo = (user: string) => ({ target: { user }, description: { kind: "offer", sdp: "v=0", generation: 1 } });

/** The same signature under another subject. */
function changed(token: string): string {
  const [head = "", body = "", signature = ""] = token.split(".");
  const other = { ...JSON.parse(Buffer.from(body, "base64url").toString()), sub: `bob@${domain}` };
  return [head, Buffer.from(JSON.stringify(other)).toString("base64url"), signature].join(".");
}
