import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { FrameClient } from "../support/frame-client.ts";
import { domain, otherDomain, patience, TestGateway } from "../support/gateway.ts";
import { HttpBrowser } from "../support/http-browser.ts";
import { clientId, clientSecret, LyingProvider, OpenIdProvider, type Lies } from "../support/openid.ts";

const common = { clientId, clientSecret, domain };

/** Opens a session with what the browser's cookie is good for; who that is. */
async function signedIn(gateway: TestGateway, browser: HttpBrowser) {
  const answer = await browser.post(`${gateway.url}/api/token`);
  if (answer.status !== 200) return undefined;
  const { token } = (await answer.json()) as { token: string };
  gateway.secrets.add(token);
  gateway.secrets.add(browser.cookie("localhost", "offhook") ?? assert.fail("no cookie"));
  const client = await FrameClient.open(gateway);
  const { user, name } = await client.signIn({ token });
  await client.close();
  return { user, name };
}

/** Where the gateway sends a browser that comes back with this. */
async function returned(browser: HttpBrowser, url: URL | string): Promise<string | null> {
  const answer = await browser.request(url);
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.get("cache-control"), "no-store");
  return answer.headers.get("location");
}

describe("sign-in at an OpenID provider", function () {
  this.timeout(patience);
  let provider: OpenIdProvider;
  let gateway: TestGateway;

  before(async () => {
    provider = await OpenIdProvider.start();
    const issuer = provider.issuer;
    gateway = await TestGateway.start({
      settings: {
        auth: {
          oidc: [
            { ...common, id: "corp", name: "Corp", issuer },
            { ...common, id: "open", name: "Open to all", issuer, domain: otherDomain, create: true },
          ],
        },
      },
    });
    gateway.secrets.add(clientSecret);
    provider.serve([`${gateway.url}/auth/oidc/corp/callback`, `${gateway.url}/auth/oidc/open/callback`]);
  });

  after(async () => {
    provider?.stop();
    await gateway?.assertIdle();
    await gateway?.stop();
  });

  const away = (id: string): string => `${gateway.url}/auth/oidc/${id}`;

  it("is offered by name; the development sign-in is off", async () => {
    const welcome = (await (await fetch(`${gateway.url}/api/welcome`)).json()) as Record<string, unknown>;
    const oidc = [
      { id: "corp", name: "Corp" },
      { id: "open", name: "Open to all" },
    ];
    assert.deepEqual(welcome["signIn"], { password: false, oidc, code: false });
    assert.equal(welcome["development"], null);
  });

  it("asks with PKCE, state and nonce, and keeps what it must know in a sealed cookie", async () => {
    const browser = new HttpBrowser();
    const answer = await browser.request(away("corp"));
    const { origin, searchParams } = new URL(answer.headers.get("location") ?? "");
    assert.equal(origin, provider.issuer);
    const asked = Object.fromEntries(searchParams);
    assert.equal(asked["redirect_uri"], `${away("corp")}/callback`);
    assert.equal(asked["scope"], "openid profile email");
    assert.equal(asked["code_challenge_method"], "S256");
    for (const name of ["state", "nonce", "code_challenge"]) assert.match(asked[name] ?? "", /^[\w-]{43}$/);
    const [cookie = ""] = answer.headers.getSetCookie();
    assert.match(cookie, /^offhook-oidc=[^;]+; Path=\/auth\/oidc; Max-Age=600; HttpOnly; SameSite=Lax$/);
    for (const value of [asked["state"], asked["nonce"]]) assert.equal(cookie.includes(value ?? "?"), false);
  });

  it("signs in who has an account", async () => {
    const browser = new HttpBrowser();
    const callback = await provider.login(browser, away("corp"), "alice");
    gateway.secrets.add(callback.searchParams.get("code") ?? assert.fail("no code"));
    assert.equal(await returned(browser, callback), "/");
    assert.deepEqual(await signedIn(gateway, browser), { user: `alice@${domain}`, name: "Alice" });
    assert.equal(browser.cookie("localhost", "offhook-oidc"), undefined);
  });

  it("does not sign in who has none", async () => {
    const browser = new HttpBrowser();
    const callback = await provider.login(browser, away("corp"), "stranger");
    assert.equal(await returned(browser, callback), "/#sign-in=not-invited");
    assert.equal(await signedIn(gateway, browser), undefined);
  });

  it("makes an account where that is wanted: others of the domain see it", async () => {
    const browser = new HttpBrowser();
    const callback = await provider.login(browser, away("open"), "newcomer");
    assert.equal(await returned(browser, callback), "/");
    const user = `newcomer@${otherDomain}`;
    assert.deepEqual(await signedIn(gateway, browser), { user, name: "newcomer of OpenID" });
    const again = new HttpBrowser();
    assert.equal(await returned(again, await provider.login(again, away("open"), "newcomer")), "/");
  });

  it("is for the browser that began it: a callback elsewhere, or a second time, is refused", async () => {
    const browser = new HttpBrowser();
    const callback = await provider.login(browser, away("corp"), "alice");
    assert.equal(await returned(new HttpBrowser(), callback), "/#sign-in=oidc-refused");
    assert.equal(await returned(browser, callback), "/");
    assert.equal(await returned(browser, callback), "/#sign-in=oidc-refused");
  });

  it("of one provider is none of another", async () => {
    const browser = new HttpBrowser();
    const callback = await provider.login(browser, away("open"), "alice");
    callback.pathname = "/auth/oidc/corp/callback";
    assert.equal(await returned(browser, callback), "/#sign-in=oidc-refused");
  });

  it("that the user breaks off is refused", async () => {
    const browser = new HttpBrowser();
    const asked = new URL((await browser.request(away("corp"))).headers.get("location") ?? "");
    const state = asked.searchParams.get("state") ?? "";
    const query = new URLSearchParams({ error: "access_denied", state, iss: provider.issuer });
    assert.equal(await returned(browser, `${away("corp")}/callback?${query}`), "/#sign-in=oidc-refused");
  });

  it("at a provider that nobody configured is not found", async () => {
    assert.equal((await new HttpBrowser().request(away("other"))).status, 404);
  });
});

describe("sign-in at a provider that lies", function () {
  this.timeout(patience);
  let provider: LyingProvider;
  let gateway: TestGateway;
  let closedPort: number;

  before(async () => {
    provider = await LyingProvider.start();
    closedPort = await closed();
    const { issuer } = provider;
    const down = `http://127.0.0.1:${closedPort}`;
    gateway = await TestGateway.start({
      settings: {
        auth: {
          oidc: [
            { ...common, id: "corp", name: "Corp", issuer },
            { ...common, id: "mail", name: "Mail", issuer, claim: "email", claimDomain: "corp.example" },
            { ...common, id: "down", name: "Down", issuer: down },
          ],
        },
      },
    });
    gateway.secrets.add(clientSecret).add("access-77f1");
  });

  after(async () => {
    provider?.stop();
    await gateway?.assertIdle();
    await gateway?.stop();
  });

  /** Where a sign-in leads when the provider lies so, and the callback is changed so. */
  async function outcome(
    lies: Lies,
    { id = "corp", query = {} }: { id?: string; query?: Readonly<Record<string, string>> } = {},
  ): Promise<string | null> {
    const browser = new HttpBrowser();
    const asked = new URL((await browser.request(`${gateway.url}/auth/oidc/${id}`)).headers.get("location") ?? "");
    provider.lies = lies;
    provider.nonce = asked.searchParams.get("nonce") ?? "";
    const state = asked.searchParams.get("state") ?? "";
    const fields = new URLSearchParams({ code: "code-5c7e19aa", state, ...query });
    gateway.secrets.add("code-5c7e19aa");
    const led = await returned(browser, `${gateway.url}/auth/oidc/${id}/callback?${fields}`);
    const user = await signedIn(gateway, browser);
    assert.equal(user !== undefined, led === "/");
    if (led === "/") assert.equal(provider.challenges.at(-1), asked.searchParams.get("code_challenge"));
    return led;
  }

  it("succeeds while it does not", async () => assert.equal(await outcome({}), "/"));

  const seconds = Math.floor(Date.now() / 1000);
  const lies: readonly [string, Lies][] = [
    ["of the nonce", { nonce: "another" }],
    ["of the audience", { claims: { aud: "somebody-else" } }],
    ["of itself", { claims: { iss: "https://elsewhere.test" } }],
    ["with an ID token that has expired", { claims: { exp: seconds - 120 } }],
    ["with an ID token that nobody signed (alg none)", { unsigned: true }],
    ["with an ID token of another key", { otherKey: true }],
    ["that the code is wrong", { status: 400 }],
  ];
  for (const [what, lie] of lies) {
    it(`is refused when it lies ${what}`, async () => assert.equal(await outcome(lie), "/#sign-in=oidc-refused"));
  }

  it("is refused when the state is another", async () => {
    assert.equal(await outcome({}, { query: { state: "another" } }), "/#sign-in=oidc-refused");
  });

  it("is not possible while the provider is down, and says so", async () => {
    assert.equal(await returned(new HttpBrowser(), `${gateway.url}/auth/oidc/down`), "/#sign-in=oidc-unavailable");
    assert.equal(await outcome({ status: 503 }), "/#sign-in=oidc-unavailable");
  });

  const mail = (email: string, verified: unknown): Lies => ({ claims: { email, email_verified: verified } as never });
  for (const [what, lie, led] of [
    ["a verified address of the right domain is that user", mail("bob@corp.example", true), "/"],
    ["an address that nobody verified is nobody", mail("bob@corp.example", false), "/#sign-in=not-invited"],
    ["an address of another domain is nobody", mail("bob@elsewhere.example", true), "/#sign-in=not-invited"],
    ["an address of two parts too many is nobody", mail("bob@x@corp.example", true), "/#sign-in=not-invited"],
    ["an address with a line break is nobody", mail("bo\r\nb@corp.example", true), "/#sign-in=not-invited"],
  ] as const) {
    it(`by e-mail: ${what}`, async () => assert.equal(await outcome(lie, { id: "mail" }), led));
  }

  it("by name: another tenant's address is nobody", async () => {
    const claims = { preferred_username: `mallory@${otherDomain}` };
    assert.equal(await outcome({ claims }), "/#sign-in=not-invited");
  });
});

/** A port of this machine at which nobody listens. */
async function closed(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
