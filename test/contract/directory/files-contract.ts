import assert from "node:assert/strict";
import { fileIdFor, isFileId, type FileFacts, type Files } from "../../../gateway/directory/files.ts";

const key = "a.example/direct/alice/bob";
const other = "a.example/group/g1";

async function content(files: Files, fileId: string): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of files.read(fileId)) parts.push(part);
  return Buffer.concat(parts).toString();
}

const bytes = (text: string): Uint8Array => Buffer.from(text);

/** What every supplier of `Files` does. */
export function filesContract(what: string, open: () => Promise<{ files: Files; close(): Promise<void> }>): void {
  describe(`files ${what}`, () => {
    let files: Files;
    let close: () => Promise<void>;

    beforeEach(async () => ({ files, close } = await open()));
    afterEach(() => close());

    const facts = (more: Partial<FileFacts> = {}): FileFacts => ({
      ...{ fileId: fileIdFor(key), key, by: "alice@a.example", name: "a.txt", size: 8, at: 1 },
      ...more,
    });
    const begun = async (more: Partial<FileFacts> = {}): Promise<FileFacts> => {
      const made = facts(more);
      await files.begin(made);
      return made;
    };

    it("have ids that name their conversation, and nothing else", () => {
      const [one, two] = [fileIdFor(key), fileIdFor(key)];
      assert.ok(isFileId(one) && one !== two);
      assert.equal(one.slice(0, 32), two.slice(0, 32));
      assert.notEqual(one.slice(0, 32), fileIdFor(other).slice(0, 32));
      for (const text of ["", "../../etc/passwd", `${one}/..`, one.toUpperCase()]) assert.equal(isFileId(text), false);
    });

    it("come in parts, each where the last one ended", async () => {
      const made = await begun();
      const { fileId } = made;
      assert.deepEqual(await files.find(fileId), { facts: made, offset: 0 });
      assert.equal(await files.append(fileId, 0, bytes("abcd")), 4);
      assert.equal(await files.append(fileId, 0, bytes("abcd")), undefined);
      assert.equal(await files.append(fileId, 5, bytes("x")), undefined);
      assert.equal(await files.append(fileId, 4, bytes("efgh")), 8);
      assert.equal((await files.find(fileId))?.offset, 8);
      assert.equal(await content(files, fileId), "abcdefgh");
    });

    it("take one of two parts for the same place", async () => {
      const { fileId } = await begun();
      const ends = await Promise.all(["abcd", "efgh"].map((part) => files.append(fileId, 0, bytes(part))));
      assert.deepEqual(
        ends.filter((end) => end !== undefined),
        [4],
      );
    });

    it("learn their type and message", async () => {
      const made = await begun();
      await files.settle(made.fileId, { type: "text/plain" });
      await files.settle(made.fileId, { messageId: "m1" });
      const settled = { ...made, type: "text/plain", messageId: "m1" };
      assert.deepEqual((await files.find(made.fileId))?.facts, settled);
      assert.deepEqual(await files.of(key), [settled]);
      await files.settle(fileIdFor(key), { type: "text/plain" });
    });

    it("are gone when removed, and unknown when they never were", async () => {
      const { fileId } = await begun();
      await files.remove(fileId);
      await files.remove(fileId);
      assert.equal(await files.find(fileId), undefined);
      assert.equal(await files.append(fileId, 0, bytes("a")), undefined);
      assert.deepEqual(await files.of(key), []);
      await assert.rejects(content(files, fileId));
    });

    it("are pruned by what is known of them", async () => {
      const [old, young] = [await begun({ at: 1 }), await begun({ at: 9, fileId: fileIdFor(other), key: other })];
      await files.prune(async ({ at }) => at < 5);
      assert.equal(await files.find(old.fileId), undefined);
      assert.deepEqual(await files.of(other), [young]);
      await assert.rejects(files.prune(() => Promise.reject(new Error("the store is away"))));
      assert.deepEqual(await files.of(other), [young]);
    });
  });
}
