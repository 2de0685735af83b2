import assert from "node:assert/strict";
import { SignIns } from "../../../gateway/identity/sign-ins.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const alice = { name: "alice", domain: "a.example" };
const bob = { name: "bob", domain: "a.example" };

function stage({ perUser = 3, max = 5 } = {}) {
  const clock = new VirtualClock();
  return { clock, signIns: new SignIns(clock, { life: 1000, perUser, max }) };
}

describe("browsers that are signed in", () => {
  it("are known by a secret of 256 bits", () => {
    const { signIns } = stage();
    const [one, other] = [signIns.open(alice), signIns.open(alice)];
    assert.match(one, /^[\w-]{43}$/);
    assert.notEqual(one, other);
    assert.deepEqual(signIns.use(one), alice);
    assert.equal(signIns.use(`${one.slice(0, -1)}~`), undefined);
    assert.equal(signIns.use(""), undefined);
  });

  it("stay so while they are used", () => {
    const { clock, signIns } = stage();
    const secret = signIns.open(alice);
    for (let turn = 0; turn < 5; turn++) {
      clock.advance(900);
      assert.deepEqual(signIns.use(secret), alice);
    }
    clock.advance(1001);
    assert.equal(signIns.use(secret), undefined);
    assert.equal(signIns.size, 0);
  });

  it("are signed out for good", () => {
    const { signIns } = stage();
    const secret = signIns.open(alice);
    signIns.close(secret);
    signIns.close(secret);
    assert.equal(signIns.use(secret), undefined);
  });

  it("of one user are a few: the one that was used longest ago goes", () => {
    const { signIns } = stage();
    const [first = "", second = "", third = ""] = [alice, alice, alice].map((user) => signIns.open(user));
    const bobs = signIns.open(bob);
    signIns.use(first);
    const fourth = signIns.open(alice);
    assert.deepEqual(
      [first, second, third, fourth, bobs].map((secret) => signIns.use(secret)?.name),
      ["alice", undefined, "alice", "alice", "bob"],
    );
  });

  it("are a bounded number in all", () => {
    const { signIns } = stage({ perUser: 10, max: 2 });
    const first = signIns.open(alice);
    signIns.open(bob);
    signIns.open(bob);
    assert.deepEqual([signIns.size, signIns.use(first)], [2, undefined]);
  });
});
