import assert from "node:assert/strict";
import { fastify, type FastifyInstance, type LightMyRequestResponse } from "fastify";
import { silentLogger } from "../../../gateway/base/log.ts";
import { MemoryAccounts } from "../../../gateway/directory/memory/memory-accounts.ts";
import { authorizer } from "../../../gateway/edge/authorize.ts";
import type { Authorize, Principal } from "../../../gateway/edge/principal.ts";
import { SignInCookie } from "../../../gateway/edge/sign-in-cookie.ts";
import { signInRoutes } from "../../../gateway/edge/sign-in.ts";
import { Lockout } from "../../../gateway/identity/lockout.ts";
import { OneTimeCodes } from "../../../gateway/identity/one-time-codes.ts";
import { ownIssuer, OwnTokens, sessionAudience } from "../../../gateway/identity/own-tokens.ts";
import { PasswordCheck } from "../../../gateway/identity/password.ts";
import { SignInDesk } from "../../../gateway/identity/sign-in-desk.ts";
import { SignInError } from "../../../gateway/identity/sign-in-error.ts";
import { SignIns } from "../../../gateway/identity/sign-ins.ts";
import { TokenVerifier } from "../../../gateway/session/token.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const secret = "a secret of thirty-two characters";
const alice = { name: "alice", domain: "a.example" };
const bob = { name: "bob", domain: "a.example" };

/** The sign-in routes without a network; one route that tells who asks. */
class Rig {
  readonly clock = new VirtualClock();
  readonly codes = new OneTimeCodes(this.clock);
  readonly outcomes: string[] = [];
  readonly app: FastifyInstance = fastify();

  constructor(publicUrl?: string) {
    const { clock } = this;
    const accounts = new MemoryAccounts(["a.example"], [{ id: alice, role: "support" }, { id: bob }]);
    const desk = new SignInDesk({
      accounts,
      domain: "a.example",
      passwords: new PasswordCheck(),
      codes: this.codes,
      lockout: new Lockout(clock),
      signIns: new SignIns(clock, { life: 3_600_000, perUser: 5, max: 100 }),
      tokens: new OwnTokens(secret, 600_000, clock),
    });
    const cookie = new SignInCookie(3_600_000, publicUrl);
    signInRoutes({
      desk,
      cookie,
      log: silentLogger,
      judged: (outcome) => void this.outcomes.push(outcome),
      develop: async (user, local) => {
        if (!local || user !== "bob@a.example") throw new SignInError("wrong-password");
        return desk.admit(bob);
      },
    })(this.app);
    const own = { secret, issuer: ownIssuer, audience: sessionAudience, maxLife: 600_000 };
    const verifier = new TokenVerifier(
      own,
      (domain) => accounts.hosts(domain),
      () => clock.now(),
    );
    const authorize: Authorize = authorizer({ desk, cookie, verify: (token) => verifier.verify(token) });
    this.app.get("/who", async (request) => (await authorize(request)) ?? {});
  }

  post(path: string, payload?: object, headers: Record<string, string> = {}): Promise<LightMyRequestResponse> {
    const host = { host: "localhost:8080", origin: "http://localhost:8080" };
    return this.app.inject({
      method: "POST",
      url: path,
      headers: { ...host, ...headers },
      ...(payload && { payload }),
    });
  }

  async who(headers: Record<string, string>): Promise<Partial<Principal>> {
    return (await this.app.inject({ url: "/who", headers })).json();
  }
}

const cookieOf = (answer: LightMyRequestResponse): string => String(answer.headers["set-cookie"]).split(";")[0] ?? "";

describe("sign-in over HTTP", () => {
  it("takes a one-time code once", async () => {
    const rig = new Rig();
    const code = rig.codes.issue(alice);
    const first = await rig.post("/api/sign-in", { code });
    assert.deepEqual([first.statusCode, first.json().user, first.json().role], [200, "alice@a.example", "support"]);
    const replayed = await rig.post("/api/sign-in", { code: code.toLowerCase() });
    assert.deepEqual([replayed.statusCode, replayed.json().code], [401, "code-used"]);
    assert.equal(replayed.headers["set-cookie"], undefined);
    assert.deepEqual(rig.outcomes, ["signed-in", "code-used"]);
  });

  it("does not take a code that has expired, or whose user has gone", async () => {
    const rig = new Rig();
    const code = rig.codes.issue(alice);
    const gone = rig.codes.issue({ name: "gone", domain: "a.example" });
    assert.equal((await rig.post("/api/sign-in", { code: gone })).json().code, "not-invited");
    rig.clock.advance(600_001);
    assert.equal((await rig.post("/api/sign-in", { code })).json().code, "code-expired");
  });

  it("stops whoever guesses codes, with Retry-After in seconds; then the right one too", async () => {
    const rig = new Rig();
    const code = rig.codes.issue(alice);
    for (let turn = 0; turn < 30; turn++) await rig.post("/api/sign-in", { code: `AAAA-${1000 + turn}` });
    const locked = await rig.post("/api/sign-in", { code });
    assert.deepEqual([locked.statusCode, locked.json().code], [429, "locked"]);
    assert.deepEqual([locked.headers["retry-after"], locked.json().retryAfterMs], ["300", 300_000]);
    rig.clock.advance(300_000);
    assert.equal((await rig.post("/api/sign-in", { code })).statusCode, 200);
  });

  it("has a development sign-in where peer, Host and Origin are this machine", async () => {
    const rig = new Rig();
    assert.equal((await rig.post("/api/sign-in", { user: "bob@a.example" })).statusCode, 200);
    const rebound = { host: "rebound.test", origin: "http://rebound.test" };
    const foreign = await rig.post("/api/sign-in", { user: "bob@a.example" }, rebound);
    assert.deepEqual([foreign.statusCode, foreign.json().code], [401, "wrong-password"]);
  });

  it("says Secure to a browser that came by TLS through a proxy, and not to others", async () => {
    for (const [url, secure] of [
      ["https://phone.example", true],
      [undefined, false],
    ] as const) {
      const rig = new Rig(url);
      const answer = await rig.post("/api/sign-in", { code: rig.codes.issue(alice) });
      assert.equal(String(answer.headers["set-cookie"]).endsWith("; Secure"), secure);
    }
  });
});

describe("who sends a request", () => {
  const rig = new Rig();
  let cookie = "";
  let token = "";
  before(async () => {
    const answer = await rig.post("/api/sign-in", { code: rig.codes.issue(alice) });
    cookie = cookieOf(answer);
    token = answer.json().token;
  });

  const principal = { user: "alice@a.example", role: "support" };

  it("is known by token or cookie, with the role", async () => {
    assert.deepEqual(await rig.who({ authorization: `Bearer ${token}` }), principal);
    assert.deepEqual(await rig.who({ authorization: `bearer ${token}` }), principal);
    assert.deepEqual(await rig.who({ cookie }), principal);
    assert.deepEqual(await rig.who({ cookie: `other=1; ${cookie}; more=2` }), principal);
  });

  it("is nobody without either, or with one that does not hold", async () => {
    for (const headers of [
      {},
      { cookie: "offhook=" },
      { cookie: `offhook2${cookie.slice(7)}` },
      { cookie: "offhook=AAAA" },
      { authorization: "Bearer x.y.z" },
      { authorization: `Basic ${token}` },
      // A token that was given is what counts.
      { authorization: "Bearer x.y.z", cookie },
    ])
      assert.deepEqual(await rig.who(headers), {}, JSON.stringify(headers));
  });

  it("is nobody after signing out", async () => {
    const signedIn = cookieOf(await rig.post("/api/sign-in", { code: rig.codes.issue(bob) }));
    assert.deepEqual(await rig.who({ cookie: signedIn }), { user: "bob@a.example", role: "user" });
    await rig.post("/api/sign-out", undefined, { cookie: signedIn });
    assert.deepEqual(await rig.who({ cookie: signedIn }), {});
  });
});
