import assert from "node:assert/strict";
import { Lockout } from "../../../gateway/identity/lockout.ts";
import { SignInError } from "../../../gateway/identity/sign-in-error.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const alice = "alice@a.example";

function stage() {
  const clock = new VirtualClock();
  const lockout = new Lockout(clock, { perAccount: 3, perAddress: 5, window: 60_000, maxKeys: 100 });
  /** A wrong try: 0, or how long to wait in milliseconds. */
  const wrong = (address = "192.0.2.1", account: string | undefined = alice): number => {
    try {
      lockout.try(address, account);
      return 0;
    } catch (fault) {
      assert.ok(fault instanceof SignInError && fault.code === "locked");
      return fault.retryAfterMs ?? assert.fail();
    }
  };
  return { clock, lockout, wrong };
}

describe("whoever guesses", () => {
  it("is stopped after a few wrong tries at one account, until they are old", () => {
    const { clock, wrong } = stage();
    assert.deepEqual([wrong(), wrong(), wrong()], [0, 0, 0]);
    clock.advance(10_000);
    assert.deepEqual([wrong(), wrong()], [50_000, 50_000]);
    clock.advance(50_000);
    assert.equal(wrong(), 0);
  });

  it("cannot lock the user out elsewhere, nor other users here", () => {
    const { wrong } = stage();
    for (let count = 0; count < 4; count++) wrong();
    assert.equal(wrong("192.0.2.2"), 0);
    assert.equal(wrong("192.0.2.1", "bob@a.example"), 0);
  });

  it("is stopped at last whatever the account, or without one", () => {
    const { wrong } = stage();
    for (let count = 0; count < 5; count++) assert.equal(wrong("192.0.2.1", `user${count}@a.example`), 0);
    assert.ok(wrong("192.0.2.1", "another@a.example") > 0);
    assert.ok(wrong("192.0.2.1", undefined) > 0);
  });

  it("gains nothing by many tries at once: each counts from its beginning", () => {
    const { lockout } = stage();
    const tries = Array.from({ length: 3 }, () => lockout.try("192.0.2.1", alice));
    assert.throws(() => lockout.try("192.0.2.1", alice), { code: "locked" });
    tries[0]?.undo();
    lockout.try("192.0.2.1", alice);
  });

  it("is forgiven by the right password; that of another account changes nothing", () => {
    const { lockout, wrong } = stage();
    wrong();
    wrong();
    lockout.try("192.0.2.1", "bob@a.example").right();
    assert.deepEqual([wrong(), wrong() > 0], [0, true]);
    const other = stage();
    other.wrong();
    other.wrong();
    other.lockout.try("192.0.2.1", alice).right();
    assert.deepEqual([other.wrong(), other.wrong(), other.wrong()], [0, 0, 0]);
  });

  // RFC 6177 2: whoever has one address of IPv6 has at least 2^64.
  for (const [one, other, same] of [
    ["2001:db8:1:2:aaaa::1", "2001:db8:1:2:bbbb::2", true],
    ["2001:db8:1:2::1", "2001:db8:1:3::1", false],
    ["2001:db8::1", "2001:db8:0:0:9::1", true],
    ["::1", "::1", true],
    ["fe80::1%eth0", "fe80::2%eth0", true],
    ["::ffff:192.0.2.1", "192.0.2.1", true],
    ["192.0.2.1", "192.0.2.2", false],
  ] as const) {
    it(`${same ? "is the same" : "is another"} at ${one} and ${other}`, () => {
      const { wrong } = stage();
      for (let count = 0; count < 3; count++) wrong(one);
      assert.equal(wrong(other) > 0, same);
    });
  }
});
