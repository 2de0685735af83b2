import assert from "node:assert/strict";
import { MemoryAccounts } from "../../../gateway/directory/memory/memory-accounts.ts";
import { AttemptGuard } from "../../../gateway/sip/attempt-guard.ts";
import { Authenticator } from "../../../gateway/sip/authenticator.ts";
import { DigestCheck, ha1Of } from "../../../gateway/sip/digest.ts";
import { challengesOf, sign } from "../../support/digest-client.ts";
import { FakeInRequest } from "../../support/fake-sip-link.ts";
import { settled } from "../../support/settled.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

describe("the guard against guessing", () => {
  const stage = () => {
    const clock = new VirtualClock();
    const guard = new AttemptGuard(clock);
    /** How long the answer to a wrong try is held back, in milliseconds. */
    const tried = async (address = "192.0.2.7"): Promise<number> => {
      const from = clock.now();
      let free = false;
      void guard.wrong(address).then(() => (free = true));
      await settled();
      for (let waited = 0; !free && waited < 10_000; waited += 100) {
        clock.advance(100);
        await settled();
      }
      return clock.now() - from;
    };
    return { clock, tried };
  };

  it("holds the 6th wrong try within 60 s back for 2 s, and each further one", async () => {
    const { tried, clock } = stage();
    const waits: number[] = [];
    for (let count = 0; count < 8; count++) waits.push(await tried());
    assert.deepEqual(waits, [0, 0, 0, 0, 0, 2000, 2000, 2000]);
    assert.equal(clock.pending, 0);
  });

  it("counts the last 60 s", async () => {
    const { tried, clock } = stage();
    for (let count = 0; count < 5; count++) await tried();
    clock.advance(60_000);
    assert.equal(await tried(), 0);
  });

  it("counts an address at a time", async () => {
    const { tried } = stage();
    for (let count = 0; count < 6; count++) await tried();
    assert.equal(await tried("192.0.2.8"), 0);
    assert.equal(await tried(), 2000);
  });

  it("remembers a bounded number of addresses", async () => {
    const clock = new VirtualClock();
    const guard = new AttemptGuard(clock, { free: 1, window: 60_000, delay: 2000, maxAddresses: 2 });
    await guard.wrong("a");
    await guard.wrong("b");
    await guard.wrong("c");
    await guard.wrong("a"); // forgotten, or this would wait for the clock
    assert.equal(clock.pending, 0);
  });
});

const alice = { domain: "a.example", name: "alice" };
const nobody = { domain: "a.example", name: "nobody" };

function stage() {
  const clock = new VirtualClock();
  const refused: string[] = [];
  const digest = new DigestCheck(clock);
  const accounts = new MemoryAccounts(["a.example"], [{ id: alice, sip: ha1Of("alice", "a.example", "secret") }]);
  const authenticator = new Authenticator(accounts, digest, new AttemptGuard(clock), {
    refused: (address) => refused.push(address),
  });
  return { clock, refused, authenticator };
}

/** A phone of `user` that asks, is challenged and answers; what it was told, and after how long. */
async function attempt(
  { clock, authenticator }: ReturnType<typeof stage>,
  user: typeof alice,
  password: string,
  { role = "registrar", username = user.name }: { role?: "registrar" | "proxy"; username?: string } = {},
) {
  const first = new FakeInRequest({ method: "REGISTER" });
  assert.equal(await authenticator.authenticate(first, user, role), undefined);
  const header = role === "registrar" ? "WWW-Authenticate" : "Proxy-Authenticate";
  const [challenge = ""] = challengesOf(first.last.headers?.[header]);
  const value = sign({ challenge, username, password, method: "REGISTER" });
  const credentials = role === "registrar" ? "Authorization" : "Proxy-Authorization";
  const second = new FakeInRequest({ method: "REGISTER", headers: { [credentials]: value } });
  const from = clock.now();
  let account: object | undefined;
  let done = false;
  void authenticator.authenticate(second, user, role).then((found) => {
    account = found;
    done = true;
  });
  await settled();
  while (!done) {
    clock.advance(100);
    await settled();
  }
  const headers = { ...first.last.headers };
  return {
    account,
    first: { status: first.last.status, headers: Object.keys(headers), value: plain(headers[header]) },
    second: second.responses,
    waited: clock.now() - from,
  };
}

/** A challenge without its random part. */
const plain = (text = ""): string => text.replace(/nonce="[^"]*"/g, "nonce");

describe("who sent a request", () => {
  for (const [role, status] of [
    ["registrar", 401],
    ["proxy", 407],
  ] as const) {
    it(`is asked with ${status} by the ${role} (RFC 3261 22.2, 22.3), SHA-256 first, a line each`, async () => {
      const { account, first } = await attempt(stage(), alice, "secret", { role });
      assert.ok(account);
      const header = role === "registrar" ? "WWW-Authenticate" : "Proxy-Authenticate";
      const line = (algorithm: string): string => `Digest realm="a.example", nonce, qop="auth", algorithm=${algorithm}`;
      assert.deepEqual(first, {
        status,
        headers: [header],
        value: `${line("SHA-256")}\r\n${header}: ${line("MD5")}`,
      });
    });
  }

  it("may be named without the domain, and not as somebody else", async () => {
    assert.ok((await attempt(stage(), alice, "secret", { username: "alice" })).account);
    assert.equal((await attempt(stage(), alice, "secret", { username: "bob" })).account, undefined);
  });

  it("is not told whether a user exists: an unknown one is treated like a wrong password", async () => {
    const [known, unknown] = [stage(), stage()];
    for (let count = 0; count < 7; count++) {
      const one = await attempt(known, alice, "wrong");
      const other = await attempt(unknown, nobody, "wrong");
      assert.deepEqual(other, one);
      assert.deepEqual(one.second, [{ status: 403 }]);
      assert.equal(one.waited, count < 5 ? 0 : 2000);
    }
    assert.deepEqual(unknown.refused, known.refused);
    assert.deepEqual(
      known.refused,
      Array.from({ length: 7 }, () => "192.0.2.7"),
    );
  });

  it("is never slowed with the right password, however many wrong ones went before", async () => {
    const at = stage();
    for (let count = 0; count < 8; count++) await attempt(at, alice, "wrong");
    const { account, waited } = await attempt(at, alice, "secret");
    assert.deepEqual([account !== undefined, waited], [true, 0]);
  });

  it("is asked again, without blame, when the nonce is used up", async () => {
    const { authenticator, refused } = stage();
    const first = new FakeInRequest({ method: "REGISTER" });
    await authenticator.authenticate(first, alice, "registrar");
    const [challenge = ""] = challengesOf(first.last.headers?.["WWW-Authenticate"]);
    const Authorization = sign({ challenge, username: "alice", password: "secret", method: "REGISTER" });
    const good = new FakeInRequest({ method: "REGISTER", headers: { Authorization } });
    assert.ok(await authenticator.authenticate(good, alice, "registrar"));
    const replayed = new FakeInRequest({ method: "REGISTER", headers: { Authorization } });
    assert.equal(await authenticator.authenticate(replayed, alice, "registrar"), undefined);
    assert.equal(replayed.last.status, 401);
    assert.match(replayed.last.headers?.["WWW-Authenticate"] ?? "", /stale=true/);
    assert.deepEqual(refused, []);
  });
});
