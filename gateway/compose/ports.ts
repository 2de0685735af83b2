import { CodedError } from "../base/errors.ts";
import { isRunning } from "../base/process.ts";
import { isExplicit, type Config } from "../config.ts";
import { readChildState } from "../media/rtpengine/child-state.ts";
import { primaryAddress } from "../media/rtpengine/local-addresses.ts";
import { freePort, listenFault, sipAddresses, tcpFree } from "./addresses.ts";
import { leftSipServer } from "./sip-launch.ts";
import { StateDir } from "./state-dir.ts";

/** A port that somebody chose is taken. */
export class PortError extends CodedError<"in-use"> {}

const loopback = "127.0.0.1";
const lastPort = 65_535;

/**
 * Ports that nobody chose and that are taken are replaced by the next free ones, and that is said. What children of a
 * killed gateway hold in `stateDir` is ours and stays.
 * @throws PortError
 */
export async function withFreePorts(config: Config): Promise<{ config: Config; notes: string[] }> {
  const dir = StateDir.peek(config.stateDir);
  const notes: string[] = [];
  const said = (key: string, wanted: number, found: number): number => {
    if (found !== wanted) notes.push(`Port ${wanted} is taken, so ${key} is ${found}.`);
    return found;
  };
  const { http, sip, media } = config;
  const httpPort = await httpPortFor(http);
  if (media.rtpengines.length === 0 && media.addresses.includes("auto") && (await primaryAddress()) === loopback)
    notes.push("No sound yet: this machine has no other address than 127.0.0.1, and browsers send no sound there.");
  const port = sip.drachtio === undefined ? await sipPortFor(config, dir) : sip.port;
  const tlsPort = sip.drachtio === undefined && sip.tlsCert ? await sipTlsPortFor(config, dir) : sip.tlsPort;
  return {
    config: {
      ...config,
      http: { ...http, port: said("http.port", http.port, httpPort) },
      sip: {
        ...sip,
        port: said("sip.port", sip.port, port),
        tlsPort: said("sip.tlsPort", sip.tlsPort, tlsPort),
      },
      media: media.rtpengines.length > 0 ? media : { ...media, ...(await mediaPortsFor(config, dir)) },
    },
    notes,
  };
}

/** The port of a public address is part of it: no other will do. */
async function httpPortFor({ host, port, domain }: Config["http"]): Promise<number> {
  if (domain === undefined) return portFor("http.port", port, [host === "localhost" ? loopback : host], false);
  const fault = await listenFault(port, host);
  if (fault === "EACCES")
    throw new PortError("in-use", `http.port: port ${port} is for root, or for who has CAP_NET_BIND_SERVICE`);
  if (fault) throw new PortError("in-use", `http.port: port ${port} is in use (${fault})`);
  return port;
}

async function portFor(key: string, wanted: number, addresses: readonly string[], udp: boolean): Promise<number> {
  const port = await freePort(wanted, addresses, udp);
  if (port !== wanted && isExplicit(key)) throw new PortError("in-use", `${key}: port ${wanted} is in use`);
  return port;
}

const sipPortFor = ({ sip }: Config, dir: StateDir): Promise<number> =>
  sipPort("sip.port", sip.port, { protocol: "udp", dir, addresses: sip.addresses });

const sipTlsPortFor = ({ sip }: Config, dir: StateDir): Promise<number> =>
  sipPort("sip.tlsPort", sip.tlsPort, { protocol: "tls", dir, addresses: sip.addresses });

interface SipPortChoice {
  readonly protocol: "udp" | "tls";
  readonly dir: StateDir;
  readonly addresses: readonly string[];
}

async function sipPort(key: string, wanted: number, { protocol, dir, addresses }: SipPortChoice): Promise<number> {
  const left = leftSipServer(dir)?.sip.find((one) => one.startsWith(`${protocol}/`));
  const ours = Number(left?.slice(left.lastIndexOf(":") + 1));
  const fits = isExplicit(key) ? ours === wanted : ours >= wanted;
  return fits ? ours : portFor(key, wanted, await sipAddresses(addresses), protocol === "udp");
}

/** A range of its own for each relay on the machine: the first of the same width that nobody has taken. */
async function mediaPortsFor({ media }: Config, dir: StateDir): Promise<{ portMin: number; portMax: number }> {
  const { portMin, portMax } = media;
  const width = portMax - portMin + 1;
  const range = (start: number): { portMin: number; portMax: number } => ({
    portMin: start,
    portMax: start + width - 1,
  });
  const left = readChildState(dir.file("rtpengine.json"));
  const ours = left && isRunning(left) ? left.cliPort : undefined;
  const explicit = isExplicit("media.portMin") || isExplicit("media.portMax");
  if (ours !== undefined && (explicit ? ours === portMin : (ours - portMin) % width === 0)) return range(ours);
  for (let start = portMin; start + width - 1 <= lastPort; start += width) {
    if (await tcpFree(start, loopback)) return range(start);
    if (explicit) break;
  }
  throw new PortError(
    "in-use",
    `media.portMin: port ${portMin} is in use, perhaps by the relay of another gateway; choose another range`,
  );
}
