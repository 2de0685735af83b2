import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "../../../gateway/base/log.ts";
import { UserFiles } from "../../../gateway/directory/file/user-files.ts";
import { MemoryUserStore } from "../../../gateway/directory/memory/memory-user-store.ts";
import type { LocalUserStore } from "../../../gateway/directory/local-user-store.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

type Words = readonly string[];
const alice = { domain: "a.example", name: "alice" };
const isWords = (value: unknown): value is Words => Array.isArray(value);

const folder = mkdtempSync(join(tmpdir(), "offhook-store-"));
after(() => rmSync(folder, { recursive: true }));
const clock = new VirtualClock();
const warnings: string[] = [];
const log = {
  ...silentLogger,
  warn: (text: string) => void warnings.push(text),
  error: (text: string) => void warnings.push(text),
};
const files = (kind: string, at = folder): UserFiles<Words> =>
  new UserFiles<Words>({ folder: at, kind, clock, log, check: isWords });

const suppliers: readonly [string, () => LocalUserStore<Words>][] = [
  ["memory", () => new MemoryUserStore<Words>()],
  ["files", () => files(`words-${Math.random()}`)],
];

for (const [name, open] of suppliers) {
  describe(`what is kept for a user, in ${name}`, () => {
    it("is nothing at first", async () => assert.equal(await open().read(alice), undefined));

    it("is what was written last, at once", async () => {
      const store = open();
      store.write(alice, ["one"]);
      store.write(alice, ["two"]);
      assert.deepEqual(await store.read(alice), ["two"]);
      await store.close();
      assert.deepEqual(await store.read(alice), ["two"]);
    });

    it("is nobody else's", async () => {
      const store = open();
      store.write(alice, ["mine"]);
      await store.close();
      for (const other of [
        { ...alice, domain: "b.example" },
        { ...alice, name: "bob" },
        { ...alice, name: ".." },
      ])
        assert.equal(await store.read(other), undefined);
    });
  });
}

describe("files of users", () => {
  it("last, are private, and a name of dots stays inside the folder", async () => {
    const store = files("kept");
    const dots = { domain: "..", name: ".." };
    for (const user of [alice, dots]) store.write(user, ["kept"]);
    await store.close();
    for (const user of [alice, dots]) assert.deepEqual(await files("kept").read(user), ["kept"]);
    const file = join(folder, "a%2Eexample", "alice.kept.json");
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.ok(readdirSync(folder).includes("%2E%2E"));
  });

  it("are written after a second, together", async () => {
    const store = files("later");
    store.write(alice, ["one"]);
    store.write(alice, ["two"]);
    assert.equal(await files("later").read(alice), undefined);
    clock.advance(1_000);
    await store.close();
    assert.deepEqual(await files("later").read(alice), ["two"]);
    assert.equal(clock.pending, 0);
  });

  it("of another form are read as nothing, and said", async () => {
    warnings.length = 0;
    writeFileSync(join(folder, "a%2Eexample", "alice.broken.json"), "{");
    assert.equal(await files("broken").read(alice), undefined);
    assert.deepEqual(warnings, ["file not readable"]);
  });

  it("that cannot be written cost nothing but a line; the value stays for this process", async () => {
    warnings.length = 0;
    const store = files("kept", join(folder, "a%2Eexample", "alice.kept.json"));
    store.write(alice, ["unwritten"]);
    await store.close();
    assert.deepEqual(warnings, ["file not written"]);
  });
});
