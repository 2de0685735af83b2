import { hostname } from "node:os";
import { pause, type Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import { ConfigError, type Config } from "../config.ts";
import { sipAddresses } from "./addresses.ts";
import { operationArguments } from "./sip-operation.ts";
import { SipChild } from "./sip-child.ts";
import type { SipTls } from "./sip-launch.ts";
import type { StateDir } from "./state-dir.ts";

/** How the gateway reaches its SIP server, ours or another's. */
export interface SipServerAccess {
  readonly control: { readonly host: string; readonly port: number };
  readonly secret: string;
  readonly metricsUrl: string | undefined;
  /** `proto/host:port` of each listener; empty when only the server knows. */
  readonly sip: readonly string[];
  /** Names it among the SIP servers of all nodes; the same after a restart. */
  readonly place: string;
  /** It was started now, and has no connections of before. */
  readonly isNew: boolean;
  /** Gives messages that were just handed over the time to leave. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

/** Milliseconds in which a BYE has left the SIP server and, on a healthy network, was answered. */
const settleMs = 300;

/** The configured drachtio-compatible server, else one of our own. */
export async function openSipServer(
  config: Config,
  dir: StateDir,
  clock: Clock,
  log: Logger,
): Promise<SipServerAccess> {
  const settle = (): Promise<void> => pause(clock, settleMs);
  const { drachtio, drachtioSecret } = config.sip;
  if (drachtio !== undefined) {
    const match = /^(.+):(\d+)$/.exec(drachtio);
    if (!match?.[1] || drachtioSecret === undefined)
      throw new ConfigError("bad-config", "sip.drachtio: must be host:port, with sip.drachtioSecret");
    return {
      control: { host: match[1], port: Number(match[2]) },
      secret: drachtioSecret,
      metricsUrl: undefined,
      sip: [],
      // Several gateways may share it, and each has phones of its own.
      place: `${hostname()}${dir.path}/${drachtio}`,
      isNew: false,
      settle,
      stop: async () => {},
    };
  }
  const { addresses, announce, t1, t2, t4, linger } = config.sip;
  const tls = tlsOf(config.sip);
  const options = {
    listeners: (await sipAddresses(addresses)).flatMap((host) => listenersOn(host, config.sip)),
    ...(announce !== undefined && { announce }),
    ...(tls && { tls }),
    timers: { t1, t2, t4 },
    linger,
    operation: operationArguments(config),
    logLevel: config.log.level,
  };
  const child = await SipChild.start(dir, options, clock, log);
  const { control, secret, metricsUrl, sip, isNew } = child;
  const place = `${hostname()}/${sip[0] ?? ""}`;
  return { control, secret, metricsUrl, sip, place, isNew, settle, stop: () => child.close() };
}

function listenersOn(host: string, sip: Config["sip"]): string[] {
  const { port, webSocketPort, tlsCert, tlsPort, secureWebSocketPort } = sip;
  const plain = [`udp/${host}:${port}`, `tcp/${host}:${port}`, `ws/${host}:${webSocketPort}`];
  return tlsCert === undefined ? plain : [...plain, `tls/${host}:${tlsPort}`, `wss/${host}:${secureWebSocketPort}`];
}

function tlsOf({ tlsCert: cert, tlsKey: key, tlsCa: ca, tlsClientCerts }: Config["sip"]): SipTls | undefined {
  if (cert === undefined || key === undefined) return undefined;
  return { cert, key, ...(ca !== undefined && { ca }), clientCertificates: tlsClientCerts };
}
