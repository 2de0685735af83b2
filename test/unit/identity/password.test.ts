import assert from "node:assert/strict";
import { scryptSync } from "node:crypto";
import { hashPassword, isPasswordHash, PasswordCheck } from "../../../gateway/identity/password.ts";
import type { SignInError } from "../../../gateway/identity/sign-in-error.ts";

/** A cheap hash, in the form that other programs write too. */
function cheap(password: string): string {
  const salt = Buffer.from("0123456789abcdef");
  const key = scryptSync(password, salt, 32, { N: 1024, r: 8, p: 1 });
  const text = (bytes: Buffer): string => bytes.toString("base64").replace(/=+$/, "");
  return `$scrypt$ln=10,r=8,p=1$${text(salt)}$${text(key)}`;
}

describe("a password", function () {
  // A hash of the real cost takes a quarter of a second of a processor, and more of a busy one.
  this.timeout(30_000);
  const check = new PasswordCheck();

  it("is kept as a hash with its own salt, and known again", async () => {
    const [one, other] = await Promise.all([hashPassword("correct horse"), hashPassword("correct horse")]);
    assert.notEqual(one, other);
    assert.match(one, /^\$scrypt\$ln=15,r=8,p=3\$[\w+/]{22}\$[\w+/]{43}$/);
    assert.equal(one.includes("horse"), false);
    assert.equal(await check.matches("correct horse", one), true);
  });

  it("is known by a hash that another program made (PHC string format)", async () => {
    assert.equal(await check.matches("geheim", cheap("geheim")), true);
    assert.equal(await check.matches("Geheim", cheap("geheim")), false);
    assert.equal(await check.matches("", cheap("geheim")), false);
  });

  // RFC 8265 4.2.2
  it("is the same however its letters were composed", async () => {
    assert.equal(await check.matches("cafe\u0301 au lait", cheap("caf\u00e9 au lait")), true);
  });

  it("of nobody is never right, and costs the same work as a real one", async () => {
    const one = new PasswordCheck({ atOnce: 1, waiting: 0 });
    const nobody = one.matches("wrong", undefined);
    await assert.rejects(one.matches("wrong", undefined), { code: "busy" });
    assert.equal(await nobody, false);
    assert.equal(await one.matches("geheim", cheap("geheim")), true);
  });

  for (const [what, text] of [
    ["plain text", "geheim"],
    [
      "of another scheme",
      "$argon2id$v=19$m=65536,t=2,p=1$gZiV/M1gPc22ElAH/Jh1Hw$CWOrkoo7oJBQ/iyh7uJ0LO2aLEfrHwTWllSAxT0zRno",
    ],
    ["that would take gigabytes", cheap("x").replace("ln=10", "ln=24")],
    ["that costs next to nothing", cheap("x").replace("ln=10", "ln=4")],
    ["without a salt", "$scrypt$ln=10,r=8,p=1$$QUFBQUFBQUFBQUFBQUFBQUFBQUFB"],
    ["that was cut", cheap("x").slice(0, -40)],
  ] as const) {
    it(`is not compared with a hash ${what}`, async () => {
      assert.equal(isPasswordHash(text), false);
      assert.equal(await check.matches("geheim", text), false);
    });
  }
});

describe("a flood of passwords", () => {
  it("is checked a few at a time; who would wait too long is sent away", async () => {
    const check = new PasswordCheck({ atOnce: 2, waiting: 3 });
    const hash = cheap("geheim");
    const tries = Array.from({ length: 8 }, (_, index) => check.matches(index % 2 ? "geheim" : "wrong", hash));
    const outcomes = await Promise.allSettled(tries);
    assert.deepEqual(
      outcomes.map((one) => (one.status === "fulfilled" ? one.value : (one.reason as SignInError).code)),
      [false, true, false, true, false, "busy", "busy", "busy"],
    );
    assert.equal(await check.matches("geheim", hash), true);
  });
});
