import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FolderFiles } from "../../../gateway/directory/file/folder-files.ts";
import { fileIdFor } from "../../../gateway/directory/files.ts";
import { MemoryFiles } from "../../../gateway/directory/memory/memory-files.ts";
import { filesContract } from "./files-contract.ts";

const key = "a.example/direct/alice/bob";

filesContract("in memory", async () => ({ files: new MemoryFiles(), close: async () => {} }));

filesContract("in a folder", async () => {
  const folder = mkdtempSync(join(tmpdir(), "offhook-files-"));
  return { files: new FolderFiles(folder), close: async () => rmSync(folder, { recursive: true }) };
});

describe("files in a folder", () => {
  it("are seen by other nodes, are nobody else's to read, and leave nothing", async () => {
    const folder = mkdtempSync(join(tmpdir(), "offhook-files-"));
    const [one, two] = [new FolderFiles(folder), new FolderFiles(folder)];
    const fileId = fileIdFor(key);
    await one.begin({ fileId, key, by: "alice@a.example", name: "a.txt", size: 2, at: 1 });
    assert.equal(await two.append(fileId, 0, Buffer.from("a")), 1);
    assert.equal(await one.append(fileId, 1, Buffer.from("b")), 2);
    assert.equal((await two.find(fileId))?.offset, 2);
    const [place = ""] = readdirSync(folder);
    for (const name of readdirSync(join(folder, place)))
      assert.equal(statSync(join(folder, place, name)).mode & 0o777, 0o600);
    await two.remove(fileId);
    assert.deepEqual(readdirSync(folder), []);
    rmSync(folder, { recursive: true });
  });
});
