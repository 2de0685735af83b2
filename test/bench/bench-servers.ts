import { spawn } from "node:child_process";
import { connect } from "node:net";
import { freeUdpPort } from "../support/sipp.ts";
import { startSipServer } from "../support/sip-server.ts";
import { until } from "../support/until.ts";

/** A SIP server to be measured, ours or another that speaks drachtio's protocol. */
export interface BenchServer {
  readonly pid: number;
  readonly control: { readonly host: string; readonly port: number; readonly secret: string };
  readonly udp: number;
  /** Resolves when nothing is left of the load; undefined when it cannot be asked. */
  readonly drained?: (withinMs: number) => Promise<void>;
  readonly metric?: (name: string) => Promise<number>;
  stop(): Promise<unknown>;
}

export type ServerKind = "embedded" | "drachtio";

export function startServer(kind: ServerKind, args: readonly string[] = []): Promise<BenchServer> {
  return kind === "embedded" ? startEmbedded(args) : startDrachtio(drachtioBinary ?? "");
}

export const drachtioBinary = process.env["DRACHTIO_BIN"];

/** What users run: the build, with timers as RFC 3261 has them. */
async function startEmbedded(args: readonly string[]): Promise<BenchServer> {
  const server = await startSipServer({
    t1: 500,
    args: ["--log-level", "warn", ...args],
    entry: "dist/gateway/sip-server/main.js",
  });
  return Object.assign(server, { udp: server.sip.udp ?? 0 });
}

async function startDrachtio(command: string): Promise<BenchServer> {
  const secret = "cymru";
  const [udp, port] = [await freeUdpPort(), await freeUdpPort()];
  const contact = `sip:127.0.0.1:${udp};transport=udp`;
  const args = ["--contact", contact, "--address", "127.0.0.1", "--port", String(port), "--secret", secret];
  const child = spawn(command, [...args, "--loglevel", "notice"], { stdio: "ignore" });
  const exited = new Promise((done) => child.once("exit", done));
  await until("drachtio listens", () => answers(port), 20_000);
  const stop = (): Promise<unknown> => {
    child.kill("SIGTERM");
    return exited;
  };
  return { pid: Number(child.pid), control: { host: "127.0.0.1", port, secret }, udp, stop };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
