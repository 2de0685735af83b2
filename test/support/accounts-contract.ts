import assert from "node:assert/strict";
import type { Account, Accounts } from "../../gateway/directory/accounts.ts";

const alice: Account = {
  id: { domain: "a.example", name: "alice" },
  name: "Alice",
  role: "support",
  numbers: ["+33186260014"],
  password: "$scrypt$",
};
const namesake: Account = { id: { domain: "b.example", name: "alice" }, name: "Other Alice" };
const newcomer: Account = { id: { domain: "a.example", name: "newcomer" } };

/** What every supplier of accounts does; `cannot` names what this one does not, with the reason. */
export function describeAccounts(
  supplier: string,
  open: (domains: readonly string[], accounts: readonly Account[]) => Promise<Accounts>,
  cannot: { readonly add?: string } = {},
): void {
  describe(`accounts ${supplier}`, () => {
    let accounts: Accounts;
    beforeEach(async () => (accounts = await open(["a.example", "b.example"], [alice, namesake])));

    it("are found by name and domain together, with all that is known", async () => {
      assert.deepEqual(await accounts.find(alice.id), alice);
      assert.deepEqual(await accounts.find(namesake.id), namesake);
      assert.equal(await accounts.find({ domain: "c.example", name: "alice" }), undefined);
      assert.equal(await accounts.find({ domain: "a.example", name: "Alice" }), undefined);
    });

    it("are listed a domain", async () => {
      assert.deepEqual(await accounts.list("a.example"), [alice]);
      assert.deepEqual(await accounts.list("c.example"), []);
    });

    it("know the domains that are ours, whatever their case", () => {
      assert.deepEqual(
        ["a.example", "B.Example", "c.example", ""].map((domain) => accounts.hosts(domain)),
        [true, true, false, false],
      );
    });

    if (cannot.add !== undefined) {
      it(`take nobody in: ${cannot.add}`, async () => assert.equal(await accounts.add(newcomer), false));
      return;
    }

    it("take somebody in, once, and nobody of a domain that is not ours", async () => {
      assert.equal(await accounts.add(newcomer), true);
      assert.deepEqual(await accounts.find(newcomer.id), newcomer);
      assert.deepEqual(await accounts.list("a.example"), [alice, newcomer]);
      assert.equal(await accounts.add({ ...alice, name: "Not Alice" }), false);
      assert.deepEqual(await accounts.find(alice.id), alice);
      assert.equal(await accounts.add({ id: { domain: "c.example", name: "x" } }), false);
    });

    it("let go whom they took in, once, and nobody else", async () => {
      assert.equal(await accounts.remove(newcomer.id), false);
      await accounts.add(newcomer);
      assert.equal(await accounts.remove(newcomer.id), true);
      assert.equal(await accounts.find(newcomer.id), undefined);
      assert.equal(await accounts.remove(newcomer.id), false);
      assert.equal(await accounts.add(newcomer), true, "the name is free again");
      assert.equal(await accounts.remove(namesake.id), false, "it was configured");
      assert.deepEqual(await accounts.find(namesake.id), namesake);
    });
  });
}
