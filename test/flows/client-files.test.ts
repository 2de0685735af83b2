import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { patience, TestGateway } from "../support/gateway.ts";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };

const types = {
  "client.js": "text/javascript; charset=utf-8",
  "elements.js": "text/javascript; charset=utf-8",
  "simulate.js": "text/javascript; charset=utf-8",
  "apirtc.js": "text/javascript; charset=utf-8",
  "push.js": "text/javascript; charset=utf-8",
  "whiteboard.js": "text/javascript; charset=utf-8",
  "client.d.ts": "text/plain; charset=utf-8",
  "client.tgz": "application/gzip",
};

/** Gzip, in bytes. */
const bounds = { calls: 25 * 1024, all: 45 * 1024, whiteboard: 15 * 1024, push: 3 * 1024 };

/** What the gateway serves of the library for other people's pages. `npm run build` has made it. */
describe("the library's files", function () {
  this.timeout(patience);
  let gateway: TestGateway;
  let folder: string;

  before(async () => {
    gateway = await TestGateway.start({ env: { NO_MEDIA: process.env["PATH"] ?? "" } });
    folder = mkdtempSync(join(tmpdir(), "offhook-client-"));
  });

  after(async () => {
    await gateway?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const fetched = async (name: string): Promise<Buffer> =>
    Buffer.from(await (await fetch(`${gateway.url}/${name}`)).arrayBuffer());

  for (const [name, type] of Object.entries(types)) {
    it(`serves /${name} to pages of any origin`, async () => {
      const reply = await fetch(`${gateway.url}/${name}`, { headers: { origin: "https://shop.example" } });
      const header = (key: string): string | null => reply.headers.get(key);
      assert.equal(reply.status, 200);
      assert.deepEqual(
        ["content-type", "access-control-allow-origin", "cross-origin-resource-policy", "x-content-type-options"].map(
          header,
        ),
        [type, "*", "cross-origin", "nosniff"],
      );
      const etag = header("etag") ?? "";
      const again = await fetch(`${gateway.url}/${name}`, { headers: { "if-none-match": `"other", ${etag}` } });
      assert.deepEqual([again.status, await again.text()], [304, ""]);
    });
  }

  it("is small", async () => {
    const size = async (name: string): Promise<number> => gzipSync(await fetched(name), { level: 9 }).length;
    const [client, elements] = [await size("client.js"), await size("elements.js")];
    console.log(`      client.js ${client}, elements.js ${elements}, both ${client + elements} bytes with gzip`);
    const whiteboard = await size("whiteboard.js");
    console.log(`      whiteboard.js ${whiteboard} bytes with gzip`);
    assert.ok(whiteboard <= bounds.whiteboard, `whiteboard.js has ${whiteboard} bytes, more than ${bounds.whiteboard}`);
    const push = await size("push.js");
    assert.ok(push <= bounds.push, `push.js has ${push} bytes, more than ${bounds.push}`);
    assert.ok(client <= bounds.calls, `client.js has ${client} bytes, more than ${bounds.calls}`);
    assert.ok(client + elements <= bounds.all, `both have ${client + elements} bytes, more than ${bounds.all}`);
  });

  it("has a package of the gateway's version that runs in Node and has its types", async () => {
    unpack(join(folder, "node_modules/@offhook"), await fetched("client.tgz"));
    const manifest = JSON.parse(readFileSync(join(folder, "node_modules/@offhook/client/package.json"), "utf8"));
    assert.deepEqual([manifest.name, manifest.version], ["@offhook/client", version]);
    // Only the elements use it, and only on servers does it matter that it is not bundled.
    assert.deepEqual(Object.keys(manifest.dependencies), ["lit"]);
    symlinkSync(join(root, "node_modules/lit"), join(folder, "node_modules/lit"));
    writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
    writeFileSync(join(folder, "run.ts"), program);
    assert.equal(
      run(["--import", join(root, "node_modules/tsx/dist/esm/index.mjs"), "run.ts"]).trim(),
      "connected echo 5",
    );
    run([join(root, "node_modules/typescript/bin/tsc"), ...strict, "run.ts"]);
  });

  it("has its types in one file that needs no other", async () => {
    writeFileSync(join(folder, "client.d.ts"), await fetched("client.d.ts"));
    writeFileSync(
      join(folder, "use.ts"),
      `import { connect, type Call } from "./client.js";\nexport const call = async (): Promise<Call> => (await connect()).call({ tel: "600" });\n`,
    );
    run([join(root, "node_modules/typescript/bin/tsc"), ...strict, "use.ts"]);
  });

  function run(args: readonly string[]): string {
    try {
      return execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    } catch (fault) {
      throw new Error(String((fault as { stdout?: string }).stdout), { cause: fault });
    }
  }
});

/** Everything checked, the declarations too. */
const strict =
  "--noEmit --strict --target es2022 --module nodenext --lib es2022,dom --types --skipLibCheck false".split(" ");

const program = `
import { ClientError, connect, type Session } from "@offhook/client";
import { OffhookButton } from "@offhook/client/elements";
import { Push, type PushNote } from "@offhook/client/push";
import { Simulation, type FarCall } from "@offhook/client/simulate";
import { ApiRTCWhiteBoardClient, BoardSurface, Whiteboard, toSvg, type Board } from "@offhook/client/whiteboard";

export const showBoard = async (session: Session, host: HTMLElement): Promise<BoardSurface> => {
  const board: Board = await new Whiteboard(session).open("b");
  board.put([board.compose({ kind: "stroke", color: "#000000", size: 2, points: [[0, 0], [9, 9]] })]);
  return new BoardSurface(host, board, { pencil: { tool: "pen" } });
};
if (ApiRTCWhiteBoardClient !== Whiteboard || !toSvg([], { paper: "plain" }).startsWith("<svg")) throw Whiteboard;

const simulation = new Simulation({ name: "Ann" });
const session: Session = await connect({ platform: simulation });
export const wake = (worker: ServiceWorkerRegistration): Push => new Push(session, worker);
export const ringing = (note: PushNote): string => (note.type === "call" ? note.callId : "");
export const useButton = (button: OffhookButton): Promise<void> => ((button.session = session), button.start());
export const found = (): OffhookButton | null => document.querySelector("offhook-button");
const started: Promise<FarCall> = new Promise((resolve) => simulation.once("call", resolve));
const call = await session.call("user:bob@simulated.test");
await started;
while (call.view().state !== "connected") await call.next("state");
const echo = call.next("digits");
await call.sendDigits("5");
console.log(call.view().state, "echo", await echo);
await session.close();
const refused: unknown = await connect({ simulate: { refuses: "token-expired" } }).catch((thrown: unknown) => thrown);
if (!(refused instanceof ClientError) || refused.code !== "token-expired") throw refused;
`;

/** `npm pack` puts all into a folder `package`. */
function unpack(into: string, archive: Buffer): void {
  mkdirSync(join(into, "client"), { recursive: true });
  const file = join(into, "client.tgz");
  writeFileSync(file, archive);
  execFileSync("tar", ["xzf", file, "-C", join(into, "client"), "--strip-components=1"]);
}
