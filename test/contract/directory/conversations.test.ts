import assert from "node:assert/strict";
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "../../../gateway/base/log.ts";
import type { ConversationChange } from "../../../gateway/directory/conversation-journal.ts";
import { directKey } from "../../../gateway/directory/conversations.ts";
import { JournalFiles } from "../../../gateway/directory/file/journal-files.ts";
import { MemoryConversations } from "../../../gateway/directory/memory/memory-conversations.ts";
import { describeConversations, type Opening } from "./conversations-contract.ts";

async function openFiles(folder: string, { now, ...limits }: Opening): Promise<MemoryConversations> {
  const files = new JournalFiles<ConversationChange>(folder, silentLogger);
  const conversations = new MemoryConversations(limits, now, files);
  await files.load((key, changes) => conversations.restore(key, changes));
  return conversations;
}

describeConversations("in memory", async ({ now, ...limits }) => ({
  conversations: new MemoryConversations(limits, now),
  close: async () => {},
}));

describeConversations("in files", async (opening) => {
  const folder = await mkdtemp(join(tmpdir(), "offhook-conversations-"));
  return {
    conversations: await openFiles(folder, opening),
    reopen: () => openFiles(folder, opening),
    close: () => rm(folder, { recursive: true }),
  };
});

describe("conversations in files", () => {
  const key = directKey("a.example", "alice", "bob");
  const opening: Opening = { messages: 9, age: 1_000, now: () => 1_000 };
  let folder: string;

  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "offhook-conversations-"))));
  afterEach(() => rm(folder, { recursive: true }));

  const say = (store: MemoryConversations, text: string) =>
    store.add(key, { messageId: text, from: "alice@a.example", at: 1_000, text }, ["alice@a.example", "bob@a.example"]);
  const texts = async (store: MemoryConversations) =>
    (await store.list(key, { limit: 9 })).messages.map(({ text }) => text);
  const file = async () => join(folder, (await readdir(folder))[0] ?? "");

  it("survive a line that was cut off", async () => {
    const store = await openFiles(folder, opening);
    await say(store, "a");
    await appendFile(await file(), '{"is":"mess');
    await say(store, "b");
    assert.deepEqual(await texts(await openFiles(folder, opening)), ["b", "a"]);
  });

  it("refuse what cannot be written, and have not got it then", async () => {
    const store = await openFiles(folder, opening);
    await say(store, "a");
    await rm(folder, { recursive: true });
    await writeFile(folder, "a file stands where the folder was");
    await assert.rejects(say(store, "b"));
    assert.deepEqual(await texts(store), ["a"]);
  });

  it("hold no deleted text any more once it is pruned", async () => {
    const store = await openFiles(folder, opening);
    await say(store, "secret");
    await store.edit(key, "alice@a.example", "secret", undefined, 1_000);
    await store.prune();
    assert.ok(!(await readFile(await file(), "utf8")).includes('"text":"secret"'));
  });
});
