import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from "jose";
import { printUserId } from "../../../gateway/directory/user-id.ts";
import { cleanName, TokenError, TokenVerifier, type Identity } from "../../../gateway/session/token.ts";
import { defaultRights } from "../../../gateway/switchboard/rights.ts";

const now = 1_800_000_000_000;
const seconds = now / 1000;
const secret = "a secret of thirty-two characters";
const maxLife = 86_400_000;
const hosts = (domain: string): boolean => domain === "a.example";
const key = new TextEncoder().encode(secret);

const good: JWTPayload = { sub: "alice@a.example", exp: seconds + 3600, aud: "gw", iss: "us" };
const verifier = new TokenVerifier({ secret, maxLife, audience: "gw", issuer: "us" }, hosts, () => now);

const signed = (claims: JWTPayload, by: Uint8Array = key, alg = "HS256"): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg }).sign(by);

/** The code of the refusal; that its text holds nothing of the token. */
async function refusal(by: TokenVerifier, token: string): Promise<string> {
  try {
    await by.verify(token);
  } catch (fault) {
    assert.ok(fault instanceof TokenError, String(fault));
    for (const piece of token.split(".").filter((one) => one.length > 8)) {
      assert.equal(fault.message.includes(piece), false, "the token stands in the error");
    }
    return fault.code;
  }
  return assert.fail("was accepted");
}

const without = (name: keyof JWTPayload): JWTPayload => {
  const { [name]: _left, ...rest } = good;
  return rest;
};

describe("a token", () => {
  it("says who signs in, and until when", async () => {
    assert.deepEqual(await verifier.verify(await signed({ ...good, name: "Alice" })), {
      user: { domain: "a.example", name: "alice" },
      name: "Alice",
      rights: defaultRights,
      expiresAt: now + 3_600_000,
    } satisfies Identity);
  });

  for (const alg of ["HS256", "HS384", "HS512"]) {
    it(`may be signed by ${alg}`, async () => {
      const long = new TextEncoder().encode(secret.repeat(2));
      const by = new TokenVerifier({ secret: secret.repeat(2), maxLife }, hosts, () => now);
      assert.ok(await by.verify(await signed(good, long, alg)));
    });
  }

  const refused: readonly [string, JWTPayload, string][] = [
    ["expired", { ...good, exp: seconds - 1 }, "token-expired"],
    ["expires now", { ...good, exp: seconds }, "token-expired"],
    ["not yet valid", { ...good, nbf: seconds + 60 }, "token-refused"],
    ["without an expiry", without("exp"), "token-refused"],
    ["with an expiry that is no number", { ...good, exp: "soon" as unknown as number }, "token-refused"],
    ["that lives too long", { ...good, exp: seconds + 86_401 }, "token-refused"],
    ["that lives for ever", { ...good, exp: Number.MAX_SAFE_INTEGER }, "token-refused"],
    ["for another audience", { ...good, aud: "other" }, "token-refused"],
    ["for no audience", without("aud"), "token-refused"],
    ["of another issuer", { ...good, iss: "them" }, "token-refused"],
    ["of no issuer", without("iss"), "token-refused"],
    ["without a subject", without("sub"), "token-refused"],
    ["with an empty subject", { ...good, sub: "" }, "token-refused"],
    ["whose subject is no name@domain", { ...good, sub: "alice" }, "token-refused"],
    ["whose subject is of another domain", { ...good, sub: "alice@b.example" }, "token-refused"],
    ["whose subject holds a line break", { ...good, sub: "alice@a.example\r\nVia: x" }, "token-refused"],
  ];
  for (const [what, claims, code] of refused) {
    it(`${what} is refused: ${code}`, async () => assert.equal(await refusal(verifier, await signed(claims)), code));
  }

  it("that lives as long as allowed is accepted", async () => {
    assert.ok(await verifier.verify(await signed({ ...good, exp: seconds + 86_400 })));
    assert.ok(await verifier.verify(await signed({ ...good, nbf: seconds, aud: ["x", "gw"] })));
  });

  it("signed with another key is refused", async () => {
    const other = new TextEncoder().encode("another secret of thirty-two chars");
    assert.equal(await refusal(verifier, await signed(good, other)), "token-refused");
  });

  it("without a signature (alg none) is refused", async () => {
    assert.equal(await refusal(verifier, new UnsecuredJWT(good).encode()), "token-refused");
  });

  it("whose signature was cut or changed is refused", async () => {
    const token = await signed(good);
    const [head = "", body = "", signature = ""] = token.split(".");
    const forged = Buffer.from(JSON.stringify({ ...good, sub: "bob@a.example" })).toString("base64url");
    for (const wrong of [`${head}.${body}.`, `${head}.${forged}.${signature}`, `${head}.${body}`]) {
      assert.equal(await refusal(verifier, wrong), "token-refused");
    }
  });

  for (const text of ["", "x", "..", "a.b.c", "\0", "x".repeat(65_536), `${"x".repeat(65_536)}.y.z`]) {
    it(`that is ${text.length} characters of nonsense is refused`, async () => {
      assert.equal(await refusal(verifier, text), "token-refused");
    });
  }

  for (const [what, calls, rights] of [
    ["its list of patterns", ["user:*", "tel:+33*"], ["user:*", "tel:+33*"]],
    ["nothing by an empty list", [], []],
    ["nothing by a claim that is no list", "user:*", []],
    ["what of the list is text", ["user:*", 7, null, "x".repeat(257)], ["user:*"]],
  ] as const) {
    it(`allows ${what}`, async () => {
      assert.deepEqual((await verifier.verify(await signed({ ...good, calls }))).rights, rights);
    });
  }

  it("allows no more than 100 patterns", async () => {
    const calls = Array.from({ length: 200 }, (_, index) => `tel:${index}`);
    assert.equal((await verifier.verify(await signed({ ...good, calls }))).rights.length, 100);
  });

  for (const [name, shown] of [
    ["Alice", "Alice"],
    [" A\r\nVia: x\0 ", "A Via: x"],
    ["x".repeat(200), "x".repeat(128)],
    ["\u0007", undefined],
    [7, undefined],
  ] as const) {
    it(`shows ${JSON.stringify(name).slice(0, 30)} as ${shown?.slice(0, 30)}`, async () => {
      assert.equal((await verifier.verify(await signed({ ...good, name }))).name, shown);
    });
  }

  it("has a name that is one line of at most 128 characters", () => assert.equal(cleanName("a\n\nb"), "a b"));

  it("is asked for only where a key is configured", async () => {
    const none = new TokenVerifier({ maxLife }, hosts, () => now);
    assert.deepEqual([none.enabled, verifier.enabled], [false, true]);
    assert.equal(await refusal(none, await signed(good)), "token-refused");
  });
});

describe("a token of a key set", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "offhook-keys-"))));
  after(() => rmSync(folder, { recursive: true }));

  async function stage(alg: string) {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    const jwks = join(folder, `${alg}.json`);
    const jwk = { ...(await exportJWK(publicKey)), kid: "k1" };
    writeFileSync(jwks, JSON.stringify({ keys: [jwk] }));
    return { publicKey, privateKey, jwk, by: new TokenVerifier({ jwks, maxLife }, hosts, () => now) };
  }

  for (const alg of ["ES256", "EdDSA", "PS256"]) {
    it(`may be signed by ${alg}`, async () => {
      const { privateKey, by } = await stage(alg);
      const token = await new SignJWT(good).setProtectedHeader({ alg, kid: "k1" }).sign(privateKey);
      assert.equal(printUserId((await by.verify(token)).user), "alice@a.example");
    });
  }

  it("signed by another private key is refused", async () => {
    const { by } = await stage("ES256");
    const { privateKey } = await generateKeyPair("ES256");
    const token = await new SignJWT(good).setProtectedHeader({ alg: "ES256", kid: "k1" }).sign(privateKey);
    assert.equal(await refusal(by, token), "token-refused");
  });

  it("of a key that is not in the set is refused", async () => {
    const { by, privateKey } = await stage("ES256");
    const token = await new SignJWT(good).setProtectedHeader({ alg: "ES256", kid: "k2" }).sign(privateKey);
    assert.equal(await refusal(by, token), "token-refused");
  });

  // RFC 8725 3.1: whoever knows the public key must not be able to sign with it.
  it("made by HMAC with the public key is refused, in every spelling of that key", async () => {
    const { by, publicKey, jwk } = await stage("ES256");
    const pem = await exportSPKI(publicKey);
    for (const text of [pem, pem.trim(), JSON.stringify(jwk), jwk.x ?? "", JSON.stringify({ keys: [jwk] })]) {
      const token = await new SignJWT(good)
        .setProtectedHeader({ alg: "HS256", kid: "k1" })
        .sign(new TextEncoder().encode(text));
      assert.equal(await refusal(by, token), "token-refused");
    }
  });

  it("without a signature is refused", async () => {
    assert.equal(await refusal((await stage("ES256")).by, new UnsecuredJWT(good).encode()), "token-refused");
  });

  it("cannot be checked with a file that holds no keys", () => {
    const jwks = join(folder, "none.json");
    writeFileSync(jwks, "{}");
    assert.throws(() => new TokenVerifier({ jwks, maxLife }, hosts, () => now));
  });
});
