import { spawn } from "node:child_process";
import { connect } from "node:net";
import { freeUdpPort } from "../../support/sipp.ts";
import { startSipServer } from "../../support/sip-server.ts";
import { until } from "../../support/until.ts";

/** A running SIP server as far as every supplier can be asked. */
export interface Server {
  readonly control: { host: string; port: number; secret: string };
  readonly sip: { host: string; udp?: number; tcp?: number };
  /** Asserts that nothing is left; does nothing where that cannot be asked. */
  drained(withinMs: number): Promise<void>;
  stop(): Promise<unknown>;
}

export interface Supplier {
  readonly name: string;
  /** Why it cannot run here. */
  readonly skip?: string;
  start(): Promise<Server>;
}

const binary = process.env["DRACHTIO_BIN"];

/** Whoever serves drachtio's protocol is put through the same suite. */
export const suppliers: readonly Supplier[] = [
  { name: "embedded server", start: () => startSipServer({ sip: "udp/127.0.0.1:0,tcp/127.0.0.1:0" }) },
  {
    name: "drachtio-server",
    ...(binary === undefined && { skip: "DRACHTIO_BIN names no binary" }),
    start: () => startDrachtio(binary ?? ""),
  },
];

async function startDrachtio(command: string): Promise<Server> {
  const secret = "cymru";
  const [sip, control] = [await freeUdpPort(), await freeUdpPort()];
  const contact = `sip:127.0.0.1:${sip};transport=udp,tcp`;
  const args = ["--contact", contact, "--address", "127.0.0.1", "--port", String(control), "--secret", secret];
  const child = spawn(command, [...args, "--loglevel", "notice"], { stdio: "ignore" });
  const exited = new Promise((done) => child.once("exit", done));
  await until("drachtio listens", () => answers(control));
  return {
    control: { host: "127.0.0.1", port: control, secret },
    sip: { host: "127.0.0.1", udp: sip, tcp: sip },
    drained: () => Promise.resolve(),
    stop: () => {
      child.kill("SIGTERM");
      return exited;
    },
  };
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
