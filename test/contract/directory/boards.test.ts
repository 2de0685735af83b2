import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "../../../gateway/base/log.ts";
import type { BoardEntry } from "../../../gateway/directory/board-journal.ts";
import type { BoardLimits } from "../../../gateway/directory/boards.ts";
import { JournalFiles } from "../../../gateway/directory/file/journal-files.ts";
import { MemoryBoards } from "../../../gateway/directory/memory/memory-boards.ts";
import { describeBoards, type Shape, type TestBoards } from "./boards-contract.ts";

async function openFiles(folder: string, limits: BoardLimits, now: () => number): Promise<TestBoards> {
  const files = new JournalFiles<BoardEntry<Shape, string>>(folder, silentLogger);
  const boards = new MemoryBoards<Shape, string>(limits, now, files);
  await files.load((key, entries) => boards.restore(key, entries));
  return boards;
}

describeBoards("in memory", async (limits, now) => ({
  boards: new MemoryBoards(limits, now),
  close: async () => {},
}));

describeBoards("in files", async (limits, now) => {
  const folder = await mkdtemp(join(tmpdir(), "offhook-boards-"));
  return {
    boards: await openFiles(folder, limits, now),
    reopen: () => openFiles(folder, limits, now),
    close: () => rm(folder, { recursive: true }),
  };
});
