import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AccountFile } from "../../../gateway/directory/file/account-file.ts";
import { MemoryAccounts } from "../../../gateway/directory/memory/memory-accounts.ts";
import { describeAccounts } from "../../support/accounts-contract.ts";

describeAccounts("in memory", async (domains, accounts) => new MemoryAccounts(domains, accounts));

describe("added accounts", () => {
  const added = { id: { domain: "a.example", name: "nina" }, name: "Nina" };
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), "offhook-accounts-"))));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const open = async (domains = ["a.example"], configured: readonly (typeof added)[] = []) => {
    const accounts = new MemoryAccounts(domains, configured, new AccountFile(join(dir, "added")));
    await accounts.restore();
    return accounts;
  };

  it("are there after a restart, those that were taken out are not", async () => {
    const before = await open();
    await before.add(added);
    await before.add({ id: { domain: "a.example", name: "otto" } });
    await before.remove({ domain: "a.example", name: "otto" });
    assert.deepEqual(await (await open()).list("a.example"), [added]);
    assert.equal(statSync(join(dir, "added")).mode & 0o777, 0o600);
  });

  it("stand behind the configuration, in accounts and in domains", async () => {
    await (await open()).add(added);
    const configured = { ...added, name: "Configured" };
    assert.deepEqual(await (await open(["a.example"], [configured])).list("a.example"), [configured]);
    assert.deepEqual(await (await open(["b.example"])).list("a.example"), []);
  });

  it("are not taken in when they cannot be kept", async () => {
    const accounts = await open();
    rmSync(dir, { recursive: true });
    await assert.rejects(accounts.add(added), { code: "ENOENT" });
    assert.equal(await accounts.find(added.id), undefined);
  });
});
