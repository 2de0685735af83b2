import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { domain, TestGateway, type GatewayOptions } from "../support/gateway.ts";
import { claimPorts, type PortRange } from "../support/ports.ts";
import { answer } from "../support/registered-ua.ts";
import { SipUa } from "../support/sip-ua.ts";
import { until } from "../support/until.ts";
import { Load } from "./load.ts";
import type { Usage } from "./usage.ts";

/** Timers as RFC 3261 has them, and no limit within reach. */
const env = {
  GATEWAY_SIP_T1: "500",
  GATEWAY_SIP_T2: "4000",
  GATEWAY_SIP_T4: "5000",
  GATEWAY_LOG_LEVEL: "warn",
  GATEWAY_MEDIA_TIMEOUT: "600000",
  GATEWAY_CALL_MAX_CALLS: "100000",
  GATEWAY_CALL_STARTS_PER_MINUTE: "1000000",
  GATEWAY_CALL_FRAMES_PER_SECOND: "1000000",
};
const forever = 3_600_000;

/** What is measured is what users run: the build. */
export const built = { entry: "dist/gateway/main.js" };
/** The same without media. */
export const passing = { entry: "test/bench/passing-gateway.mjs" };

/** A gateway, a registered telephone that answers every call, and a port from which calls are trusted as a trunk's. */
export class GatewayRig {
  readonly gateway: TestGateway;
  /** Of the load generator that calls. */
  readonly callerPort: number;
  readonly #peers: PortRange;
  readonly #callee: Load;

  private constructor(gateway: TestGateway, peers: PortRange, callerPort: number, callee: Load) {
    this.gateway = gateway;
    this.#peers = peers;
    this.callerPort = callerPort;
    this.#callee = callee;
  }

  static async start(options: GatewayOptions): Promise<GatewayRig> {
    const peers = await claimPorts();
    const [callerPort, calleePort] = [peers.take(8), peers.take(8)];
    const trunks = [{ name: "load", address: `127.0.0.1:${callerPort}`, inbound: { "*": `carol@${domain}` } }];
    const without = ["GATEWAY_MEDIA_PORT_MIN", "GATEWAY_MEDIA_PORT_MAX"];
    const gateway = await TestGateway.start({ env, trunks, without, ...options });
    await register(gateway, calleePort);
    const callee = new Load({ scenario: "callee", port: calleePort, withinMs: forever });
    return new GatewayRig(gateway, peers, callerPort, callee);
  }

  get processes(): Usage {
    const { stateDir, process } = this.gateway;
    const files = { "SIP server": "sip-server.json", rtpengine: "rtpengine.json" };
    const children = Object.entries(files)
      .map(([name, file]) => [name, join(stateDir, file)] as const)
      .filter(([, file]) => existsSync(file))
      .map(([name, file]) => [name, Number(JSON.parse(readFileSync(file, "utf8")).pid)] as const);
    return { gateway: Number(process.pid), ...Object.fromEntries(children) };
  }

  /** So many calls are up. */
  async standing(calls: number, withinMs = 30_000): Promise<void> {
    const up = async (): Promise<boolean> => (await this.gateway.metrics())["offhook_calls_connected"] === calls;
    await until(`${calls} calls up`, up, withinMs);
  }

  /** Every call is over and ended as calls do; nothing was refused by a limit or for another reason. */
  async assertUnhindered(): Promise<void> {
    await until("no call", async () => (await this.gateway.metrics())["offhook_calls"] === 0, 10_000);
    const odd = Object.entries(await this.gateway.metrics()).filter(([name, value]) => value > 0 && isTrouble(name));
    assert.deepEqual(odd, [], "a limiter was hit or a call failed");
  }

  async stop(): Promise<void> {
    await this.#callee.stop();
    await this.gateway.stop();
    await this.#peers.release();
  }
}

const isTrouble = (metric: string): boolean =>
  /^offhook_(frames|sip)_refused_total/.test(metric) ||
  (metric.startsWith("offhook_calls_ended_total") && !metric.includes('"normal"'));

/** Registers Carol from the port at which the load generator will answer. */
async function register(gateway: TestGateway, port: number): Promise<void> {
  const ua = await SipUa.open("carol", port);
  const dialog = ua.dialog(`sip:${domain}`, { address: "127.0.0.1", port: gateway.sipPort });
  dialog.localUri = dialog.remoteUri = `sip:carol@${domain}`;
  const { password } = gateway.registrar("carol");
  ua.send(dialog, "REGISTER");
  const challenge = await ua.final(dialog, "REGISTER");
  const authorization = answer(challenge, { user: "carol", password }, "REGISTER", dialog.target);
  ua.send(dialog, "REGISTER", { headers: [`Authorization: ${authorization}`] });
  assert.equal((await ua.final(dialog, "REGISTER")).status, 200);
  await ua.close();
}
