import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SignJWT, UnsecuredJWT, type JWTPayload } from "jose";
import { hashPassword } from "../../gateway/identity/password.ts";
import { ha1Of } from "../../gateway/sip/digest.ts";
import { FrameClient } from "../support/frame-client.ts";
import { domain, otherDomain, patience, TestGateway } from "../support/gateway.ts";
import { HttpBrowser } from "../support/http-browser.ts";
import { RegisteredUa } from "../support/registered-ua.ts";
import { TokenIssuer } from "../support/tokens.ts";
import { elapsed } from "../support/until.ts";

interface Told {
  readonly status: number;
  readonly code?: string;
  readonly user?: string;
  readonly name?: string;
  readonly role?: string;
  readonly token?: string;
  readonly expiresInMs?: number;
  readonly retryAfterMs?: number;
  readonly headers: Headers;
}

/** The password that `TestGateway` gives the softphones of that account. */
const softphonePassword = "pw-alice-5f1d9c2e";
const bobsPassword = "b\u00f6bs-p\u00e4ssword-77ac";

/** A page of the gateway's own origin; what it learns must not stand in a log. */
class Page {
  readonly browser = new HttpBrowser();
  readonly #gateway: TestGateway;

  constructor(gateway: TestGateway) {
    this.#gateway = gateway;
  }

  signIn(body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Told> {
    return this.#post("/api/sign-in", body, headers);
  }

  token(headers: Readonly<Record<string, string>> = {}): Promise<Told> {
    return this.#post("/api/token", undefined, headers);
  }

  signOut(): Promise<Told> {
    return this.#post("/api/sign-out");
  }

  get cookie(): string | undefined {
    return this.browser.cookie("localhost", "offhook");
  }

  async #post(path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Told> {
    const answer = await this.browser.post(`${this.#gateway.url}${path}`, body, headers);
    const text = await answer.text();
    const told = { ...(text === "" ? {} : JSON.parse(text)), status: answer.status, headers: answer.headers } as Told;
    if (told.token) for (const part of told.token.split(".").slice(1)) this.#gateway.secrets.add(part);
    if (this.cookie) this.#gateway.secrets.add(this.cookie);
    return told;
  }
}

/** The answer to `session.open` with a token. */
async function opened(gateway: TestGateway, token: string) {
  const client = await FrameClient.open(gateway);
  const answer = await client.request("session.open", { token });
  await client.close();
  return answer;
}

describe("sign-in on the page", function () {
  this.timeout(patience);
  let gateway: TestGateway;

  before(async () => {
    const ha1 = ha1Of("alice", domain, softphonePassword);
    gateway = await TestGateway.start({
      accounts: [
        {
          user: `alice@${domain}`,
          name: "Alice",
          password: await hashPassword(softphonePassword),
          sip: { md5: ha1.MD5, sha256: ha1["SHA-256"] },
        },
        { user: `bob@${domain}`, name: "Bob", password: await hashPassword(bobsPassword), role: "support" },
        { user: `dave@${domain}`, name: "Dave", password: await hashPassword(bobsPassword), role: "operator" },
      ],
    });
    gateway.secrets.add(bobsPassword).add(softphonePassword);
    gateway.secrets.add(readFileSync(join(gateway.stateDir, "sign-in.secret"), "utf8").trim());
  });

  after(async () => {
    await gateway?.assertIdle();
    await gateway?.stop();
  });

  const ownSecret = (): Uint8Array =>
    new TextEncoder().encode(readFileSync(join(gateway.stateDir, "sign-in.secret"), "utf8").trim());

  it("is offered before anybody is signed in, and what works is said", async () => {
    const welcome = (await (await fetch(`${gateway.url}/api/welcome`)).json()) as Record<string, unknown>;
    assert.deepEqual(welcome["signIn"], { password: true, oidc: [], code: false });
    assert.deepEqual(welcome["state"], { sip: true, media: true });
    assert.equal(welcome["development"], null);
  });

  it("by the right password gives a token that opens a session, and a cookie that scripts cannot read", async () => {
    const page = new Page(gateway);
    const told = await page.signIn({ user: `alice@${domain}`, password: softphonePassword });
    const { status, user, name, role, expiresInMs, token = "" } = told;
    assert.deepEqual([status, user, name, role, expiresInMs], [200, `alice@${domain}`, "Alice", "user", 600_000]);
    assert.equal(told.headers.get("cache-control"), "no-store");
    const [cookie = ""] = told.headers.getSetCookie();
    assert.match(cookie, /^offhook=[\w-]{43}; Path=\/; Max-Age=86400; HttpOnly; SameSite=Lax$/);
    const session = await opened(gateway, token);
    assert.deepEqual([session.type, session.user, session.name], ["session.opened", `alice@${domain}`, "Alice"]);
    assert.equal(session.role, undefined);
    const left = Number(session.expiresInMs);
    assert.ok(left > 590_000 && left <= 600_000, `${left} ms`);
  });

  it("takes a name without its domain, and a password of any letters however they are composed", async () => {
    const page = new Page(gateway);
    assert.equal((await page.signIn({ user: "bob", password: bobsPassword.normalize("NFD") })).status, 200);
  });

  for (const [name, role] of [
    ["bob", "support"],
    ["dave", "operator"],
  ] as const) {
    it(`makes ${name} ${role}, in the session too`, async () => {
      const told = await new Page(gateway).signIn({ user: name, password: bobsPassword });
      assert.equal(told.role, role);
      assert.equal((await opened(gateway, told.token ?? "")).role, role);
    });
  }

  it("and a softphone are one account with one password, of which the gateway has hashes only", async () => {
    const softphone = await RegisteredUa.open(gateway, "alice");
    const weaker = await RegisteredUa.open(gateway, "alice", { algorithm: "MD5" });
    const told = await new Page(gateway).signIn({ user: "alice", password: softphonePassword });
    assert.equal(told.status, 200);
    const client = await FrameClient.open(gateway);
    await client.signIn({ token: told.token });
    await client.close();
    await weaker.close();
    await softphone.close();
  });

  it("with a wrong password is told the same as with a name that nobody has", async () => {
    const from = gateway.log().length;
    const wrong = await new Page(gateway).signIn({ user: `bob@${domain}`, password: "not-bobs-9d17" });
    const unknown = await new Page(gateway).signIn({ user: `nobody-3f9a@${domain}`, password: "not-bobs-9d17" });
    const softphoneOnly = await new Page(gateway).signIn({ user: `carol@${domain}`, password: "pw-carol-5f1d9c2e" });
    for (const { status, code, headers } of [wrong, unknown, softphoneOnly]) {
      assert.deepEqual([status, code, headers.getSetCookie()], [401, "wrong-password", []]);
    }
    // A session of an earlier page may be released meanwhile.
    const told = gateway.log().slice(from).split("\n").filter(Boolean);
    const lines = told.filter((line) => !/ info session closed session=\S+$/.test(line));
    assert.equal(lines.length, 3, lines.join("\n"));
    for (const line of lines) assert.match(line, / warn sign-in refused address=\S+ code=wrong-password$/);
    gateway.secrets.add("not-bobs-9d17").add("nobody-3f9a");
  });

  it("is stopped for whoever tries and tries, with the right password too, and for nobody else", async () => {
    const erin = { user: `erin@${domain}`, password: "a-guess-5b20" };
    gateway.secrets.add("a-guess-5b20");
    for (let turn = 0; turn < 5; turn++) assert.equal((await new Page(gateway).signIn(erin)).code, "wrong-password");
    const locked = await new Page(gateway).signIn(erin);
    assert.deepEqual([locked.status, locked.code], [429, "locked"]);
    const wait = locked.retryAfterMs ?? 0;
    assert.ok(wait > 250_000 && wait <= 300_000, `${wait} ms`);
    assert.equal(locked.headers.get("retry-after"), String(Math.ceil(wait / 1000)));
    assert.equal((await new Page(gateway).signIn({ user: "bob", password: bobsPassword })).status, 200);
  });

  for (const [what, body] of [
    ["nothing", {}],
    ["a password alone", { password: "x" }],
    ["a name that is no text", { user: 7, password: "x" }],
    ["an endless password", { user: "bob", password: "x".repeat(2000) }],
    ["a list", []],
  ] as const) {
    it(`with ${what} is a bad request`, async () => {
      assert.equal((await new Page(gateway).signIn(body)).status, 400);
    });
  }

  it("from a page of another site is refused before anything is looked at", async () => {
    for (const origin of ["https://evil.test", "null", "http://localhost:1"]) {
      const page = new Page(gateway);
      const told = await page.signIn({ user: "bob", password: bobsPassword }, { origin });
      assert.deepEqual([told.status, told.code, page.cookie], [403, "origin-refused", undefined]);
    }
  });

  it("is for who has no token key: the development sign-in is off, over HTTP and over the WebSocket", async () => {
    assert.equal((await new Page(gateway).signIn({ user: `bob@${domain}` })).code, "wrong-password");
    const client = await FrameClient.open(gateway);
    assert.equal((await client.request("session.open", { user: `bob@${domain}` })).code, "token-refused");
    await client.close();
  });

  it("with a code that was never given out is refused", async () => {
    const told = await new Page(gateway).signIn({ code: "ABCD-EFGH" });
    assert.deepEqual([told.status, told.code], [401, "code-unknown"]);
  });

  it("lasts: the cookie gives fresh tokens until the page signs out, and then no more", async () => {
    const page = new Page(gateway);
    await page.signIn({ user: "alice", password: softphonePassword });
    const cookie = page.cookie ?? assert.fail("no cookie");
    const fresh = await page.token();
    assert.deepEqual([fresh.status, fresh.user], [200, `alice@${domain}`]);
    assert.equal((await opened(gateway, fresh.token ?? "")).type, "session.opened");
    assert.equal((await page.token({ origin: "https://evil.test" })).code, "origin-refused");
    assert.equal((await page.signOut()).status, 204);
    assert.equal(page.cookie, undefined);
    page.browser.setCookie("localhost", "offhook", cookie);
    const gone = await page.token();
    assert.deepEqual([gone.status, gone.code], [401, "signed-out"]);
  });

  it("without a cookie, or with one that was made up, is none", async () => {
    const page = new Page(gateway);
    assert.equal((await page.token()).code, "signed-out");
    page.browser.setCookie("localhost", "offhook", "A".repeat(43));
    assert.equal((await page.token()).code, "signed-out");
    assert.equal((await page.signOut()).status, 204);
  });

  describe("gives tokens that", () => {
    // Read when the test runs: the suites before this one may take longer than a token lives.
    const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;
    const good = (): JWTPayload => ({
      iss: "urn:offhook:gateway",
      aud: "urn:offhook:session",
      sub: `alice@${domain}`,
      exp: inSeconds(300),
    });
    const signed = (claims: JWTPayload, key = ownSecret()): Promise<string> =>
      new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(key);

    it("nobody else can make: this is how a right one looks", async () => {
      assert.equal((await opened(gateway, await signed(good()))).type, "session.opened");
    });

    const bad: readonly { title: string; code?: string; make: () => Promise<string> | string }[] = [
      { title: "have expired", code: "token-expired", make: () => signed({ ...good(), exp: inSeconds(-1) }) },
      { title: "are of a foreign issuer", make: () => signed({ ...good(), iss: "https://elsewhere.test" }) },
      { title: "are of no issuer", make: () => signed({ sub: good().sub ?? "", exp: inSeconds(300) }) },
      { title: "are for another audience", make: () => signed({ ...good(), aud: "urn:offhook:oidc" }) },
      { title: "are of a domain that is not ours", make: () => signed({ ...good(), sub: "alice@elsewhere.test" }) },
      { title: "live longer than ours do", make: () => signed({ ...good(), exp: inSeconds(3600) }) },
      { title: "are signed by nobody (alg none)", make: () => new UnsecuredJWT(good()).encode() },
      {
        title: "are signed with another secret",
        make: () => signed(good(), new TextEncoder().encode("another secret of thirty-two chars")),
      },
    ];
    for (const { title, code = "token-refused", make } of bad) {
      it(`${title} are refused`, async () => {
        const token = await make();
        for (const part of token.split(".").slice(1)) if (part.length > 20) gateway.secrets.add(part);
        assert.equal((await opened(gateway, token)).code, code);
      });
    }

    it("renew a session of their own user only", async () => {
      const alices = await new Page(gateway).signIn({ user: "alice", password: softphonePassword });
      const bobs = await new Page(gateway).signIn({ user: "bob", password: bobsPassword });
      const client = await FrameClient.open(gateway);
      await client.signIn({ token: alices.token });
      assert.equal((await client.request("session.renew", { token: bobs.token })).code, "token-refused");
      assert.equal((await client.request("session.renew", { token: alices.token })).type, "ok");
      await client.close();
    });
  });

  it("counts what became of each", async () => {
    const {
      'offhook_sign_ins_total{outcome="signed-in"}': good = 0,
      'offhook_sign_ins_total{outcome="locked"}': locked,
    } = await gateway.metrics();
    assert.ok(good > 5);
    assert.equal(locked, 1);
  });
});

describe("sign-in beside the tokens of an application", function () {
  this.timeout(patience);
  const secret = "hmac-secret-of-the-sign-in-suite-02aa71";
  const application = new TokenIssuer(secret, "HS256");
  let gateway: TestGateway;

  before(async () => {
    gateway = await TestGateway.start({
      env: { GATEWAY_AUTH_SECRET: secret },
      accounts: [{ user: `alice@${domain}`, name: "Alice", password: await hashPassword(softphonePassword) }],
      settings: { auth: { tokenLife: 3000, signInLife: 4500 } },
    });
  });

  after(async () => {
    await gateway?.assertIdle();
    await gateway?.stop();
  });

  it("takes both, each by its own key", async () => {
    const told = await new Page(gateway).signIn({ user: "alice", password: softphonePassword });
    assert.equal((await opened(gateway, told.token ?? "")).type, "session.opened");
    assert.equal((await opened(gateway, await application.token())).type, "session.opened");
    for (const roles of [["support"], ["operator", "support"]]) {
      assert.equal((await opened(gateway, await application.token({ roles }))).role, roles[0]);
    }
  });

  it("does not let the application speak as the gateway, nor for a tenant that is not there", async () => {
    const ours = { iss: "urn:offhook:gateway", aud: "urn:offhook:session" };
    assert.equal((await opened(gateway, await application.token(ours))).code, "token-refused");
    assert.equal(
      (await opened(gateway, await application.token({ sub: "alice@elsewhere.test" }))).code,
      "token-refused",
    );
    assert.equal(
      (await opened(gateway, await application.token({ sub: `mallory@${otherDomain}` }))).type,
      "session.opened",
    );
  });

  it("ends when the token does, unless the page renews it with its cookie; an unused cookie ends too", async () => {
    const page = new Page(gateway);
    const told = await page.signIn({ user: "alice", password: softphonePassword });
    const [renewing, letting] = [await FrameClient.open(gateway), await FrameClient.open(gateway)];
    await renewing.signIn({ token: told.token });
    await letting.signIn({ token: told.token });
    const fresh = await page.token();
    assert.equal((await renewing.request("session.renew", { token: fresh.token })).type, "ok");
    assert.equal((await letting.event("session.closed")).reason, "token-expired");
    assert.equal((await opened(gateway, told.token ?? "")).code, "token-expired");
    await renewing.close();
    const cookie = page.cookie ?? "";
    const other = new Page(gateway);
    other.browser.setCookie("localhost", "offhook", cookie);
    assert.equal((await other.token()).status, 200);
    await elapsed(4700);
    other.browser.setCookie("localhost", "offhook", cookie);
    assert.equal((await other.token()).code, "signed-out");
  });
});
