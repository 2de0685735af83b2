import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../../gateway/base/clock.ts";
import { isRunning, markOf, spawnDetached, SpawnError, stopProcess } from "../../../gateway/base/process.ts";

/** No process has this pid: above Linux' greatest. */
const nobody = 4_194_305;

describe("a process mark", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "offhook-process-"))));
  after(() => rmSync(folder, { recursive: true }));

  it("names a running process", () => {
    const mark = markOf(process.pid);
    assert.ok(mark);
    assert.match(mark.startTime, /^\d+$/);
    assert.equal(isRunning(mark), true);
  });

  it("does not fit another process that was given the pid since", async () => {
    const earlier = { pid: process.pid, startTime: "1" };
    assert.equal(isRunning(earlier), false);
    await stopProcess(earlier, systemClock); // and so this hits nobody
  });

  it("does not exist without a process", () => {
    assert.equal(markOf(nobody), undefined);
    assert.equal(isRunning({ pid: nobody, startTime: "1" }), false);
  });

  it("is gone once the process was stopped, by force when it does not listen", async () => {
    const log = join(folder, "stubborn.log");
    const script = "process.on('SIGTERM', () => {}); console.log('ready'); setInterval(() => {}, 1000)";
    const mark = await spawnDetached(process.execPath, ["-e", script], log);
    while (!readFileSync(log, "utf8").includes("ready")) await new Promise((resolve) => setTimeout(resolve, 10));
    await stopProcess(mark, systemClock, 50);
    assert.equal(isRunning(mark), false);
  });

  it("is not made for a program that is not installed", async () => {
    await assert.rejects(
      spawnDetached(join(folder, "no-such-program"), [], join(folder, "log")),
      (fault) => fault instanceof SpawnError && fault.code === "not-found",
    );
  });
});
