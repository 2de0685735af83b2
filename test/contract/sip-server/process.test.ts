import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isRecord, parseJson } from "../../../gateway/base/json.ts";
import { markOf } from "../../../gateway/base/process.ts";
import { until } from "../../support/until.ts";

const root = resolve(import.meta.dirname, "../../..");

interface Run {
  readonly pid: number;
  readonly exited: Promise<number>;
  errors(): string;
  kill(signal: NodeJS.Signals): void;
}

function run(...args: string[]): Run {
  const command = ["--import", "tsx", join(root, "gateway/sip-server/main.ts"), ...args];
  const child = spawn(process.execPath, command, { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
  let errors = "";
  child.stderr.on("data", (text) => (errors += String(text)));
  const exited = new Promise<number>((done) => child.once("exit", (code) => done(code ?? -1)));
  return { pid: child.pid ?? 0, exited, errors: () => errors, kill: (signal) => void child.kill(signal) };
}

describe("the SIP server's process", function () {
  this.timeout(20_000);
  let folder: string;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "offhook-process-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const anywhere = ["--sip", "udp/127.0.0.1:0", "--control", "127.0.0.1:0"];

  it("refuses a bad option by name with exit code 2", async () => {
    const server = run("--secret", "x", "--t1", "soon");
    assert.equal(await server.exited, 2);
    assert.match(server.errors(), /^sip-server: --t1 soon is not a number of milliseconds\n$/);
  });

  it("says in one line which port is in use, with exit code 1", async () => {
    const socket = createSocket("udp4");
    await new Promise<void>((done) => socket.bind(0, "127.0.0.1", done));
    const { port } = socket.address();
    const server = run("--secret", "x", "--sip", `udp/127.0.0.1:${port}`, "--control", "127.0.0.1:0");
    assert.equal(await server.exited, 1);
    assert.match(
      server.errors(),
      new RegExp(`^sip-server: cannot listen on udp/127.0.0.1:${port}: the port is in use\n$`),
    );
    socket.close();
  });

  it("writes its ready file for its owner only, and removes it on SIGTERM", async () => {
    const ready = join(folder, "ready.json");
    const secretFile = join(folder, "secret");
    writeFileSync(secretFile, "cymru\n", { mode: 0o600 });
    const server = run(...anywhere, "--secret-file", secretFile, "--ready-file", ready);
    await until("the ready file", () => existsSync(ready), 10_000);
    assert.equal(statSync(ready).mode & 0o777, 0o600);
    const facts = parseJson(readFileSync(ready, "utf8"), isRecord);
    assert.deepEqual([facts["pid"], facts["startTime"]], [server.pid, markOf(server.pid)?.startTime]);
    assert.equal(facts["version"], "v0.9.10+adopt+body64+route+fork+spiral");
    assert.match(String(facts["control"]), /^127\.0\.0\.1:\d+$/);
    server.kill("SIGTERM");
    assert.equal(await server.exited, 0);
    assert.equal(existsSync(ready), false);
  });

  it("ends itself and its siblings when no application is there for too long", async () => {
    const sibling = spawn("sleep", ["60"], { stdio: "ignore" });
    const gone = new Promise((done) => sibling.once("exit", done));
    writeFileSync(join(folder, "relay.json"), JSON.stringify(markOf(sibling.pid ?? 0)));
    writeFileSync(join(folder, "other.json"), "{}");
    const ready = join(folder, "sip-server.json");
    const server = run(...anywhere, "--secret", "x", "--ready-file", ready, "--state-dir", folder, "--linger", "300");
    assert.equal(await server.exited, 0);
    await gone;
    assert.deepEqual(
      ["relay.json", "sip-server.json", "other.json"].map((name) => existsSync(join(folder, name))),
      [false, false, true],
    );
  });
});
