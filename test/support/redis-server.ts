import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { until } from "./until.ts";

const run = promisify(execFile);

export interface RunningRedis {
  readonly url: string;
  /** What it answers to a command. */
  command(...words: string[]): Promise<string>;
  stop(): Promise<unknown>;
}

export interface RedisOptions {
  /** Where it writes what it must not lose, each change at once; the test removes it. Without one it writes nothing. */
  readonly folder?: string;
  /** More settings, as on its command line. */
  readonly settings?: readonly string[];
  /** What comes before them there: a file, and what it is to be. */
  readonly config?: readonly string[];
}

/** A Redis of the test's own; on `port` again, or on a free one. */
export async function startRedis(
  port?: number,
  { folder: kept, settings = [], config = [] }: RedisOptions = {},
): Promise<RunningRedis & { readonly port: number }> {
  const chosen = port ?? (await freePort());
  const folder = kept ?? mkdtempSync(join(tmpdir(), "offhook-redis-"));
  const durable = kept === undefined ? [] : ["--appendonly", "yes", "--appendfsync", "always"];
  const plain = ["--port", String(chosen), "--bind", "127.0.0.1", "--save", "", "--dir", folder];
  const args = [...config, ...plain, ...durable, ...settings];
  const child = spawn("redis-server", args, { stdio: "ignore" });
  const exited = new Promise((done) => child.once("exit", done));
  await until("Redis listens", () => listens(chosen), 10_000);
  return {
    port: chosen,
    url: `redis://127.0.0.1:${chosen}`,
    command: async (...words) => (await run("redis-cli", ["-p", String(chosen), ...words])).stdout,
    stop: async () => {
      child.kill("SIGKILL");
      await exited;
      if (kept === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
