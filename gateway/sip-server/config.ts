import { parseArgs } from "node:util";
import { isIP } from "node:net";
import type { LogLevel } from "../base/log.ts";
import { bracketed, canonicalHost, parseHostPort } from "../sip-syntax/uri.ts";
import { type Operation, operationOptions, operationUsage, readOperation } from "./operation/options.ts";
import {
  ConfigError,
  readCount,
  readEndpoint,
  readGiven,
  readList,
  readMs,
  readNetworks,
  wrong,
} from "./option-readers.ts";
import { readGate } from "./gate-options.ts";
import { type Endpoint, isProtocol, type Listener, protocols, type TransportLimits } from "./transport/flow.ts";
import type { GateRules } from "./transport/gate.ts";
import { privateNetworks } from "./transport/networks.ts";
import type { TlsFiles } from "./transport/tls-credentials.ts";
import { type ApplicationRule, readRule } from "./wire/application-rules.ts";

export { ConfigError };

/** A Redis, and which server we are among those that share it. */
export interface KeptIn {
  readonly url: string;
  readonly instance: string;
}

export interface Config {
  readonly sip: readonly Listener[];
  readonly control: Endpoint;
  readonly controlTls?: Endpoint;
  /** Who gets new requests, before those who asked for them. */
  readonly applications: readonly ApplicationRule[];
  readonly secret: string;
  readonly metrics?: Endpoint;
  readonly readyFile?: string;
  readonly stateDir?: string;
  /** Milliseconds without an application after which the server ends itself; only with `stateDir`. */
  readonly lingerMs: number;
  readonly logLevel: LogLevel;
  /** Milliseconds (RFC 3261 table 4). */
  readonly T1: number;
  readonly T2: number;
  readonly T4: number;
  readonly limits: Pick<TransportLimits, "halfMessageMs" | "silentMs" | "idleMs" | "keepAliveMs" | "pongMs">;
  /** Who may send and connect how much. */
  readonly gate: GateRules;
  /** Certificates; only needed with TLS or WSS addresses. */
  readonly tls?: TlsFiles;
  /** Milliseconds that things wait for an application that is gone. */
  readonly orphanMs: number;
  readonly unansweredMs: number;
  readonly reinviteMs: number;
  readonly requestMs: number;
  /** Seconds (RFC 4028): asked for, 0 for not; and the least that is granted. */
  readonly sessionExpires: number;
  readonly minSessionExpires: number;
  /** Option tags that applications understand; undefined: they judge themselves. */
  readonly extensions: ReadonlySet<string> | undefined;
  readonly natDetection: boolean;
  /** `address:port` of the servers to ask for names; none: the system's. */
  readonly dns: readonly string[];
  /** Bytes of a request above which TCP is tried before UDP. */
  readonly maxDatagram: number;
  /** Milliseconds that a client whose connection a restart has cut has to come back. */
  readonly returnMs: number;
  /** Where dialogs are kept for after a restart. */
  readonly redis?: KeptIn;
  readonly operation: Operation;
}

export const usage = `usage: sip-server [options]
  --sip LIST                 SIP addresses, as udp/127.0.0.1:5060,tcp/[::1]:5060,tls/192.0.2.1:5061 with udp, tcp, tls,
                             ws or wss (port 0: any; 0.0.0.0 and [::]: each address of the machine)
  --tls-cert LIST            PEM files with certificate chains; clients get the one that fits the name they ask for (SNI)
  --tls-key LIST             their private keys, in the same order (default: in the same files)
  --tls-ca FILE              who may have signed peers' certificates (default: the authorities that Node.js knows)
  --tls-client-certs MODE    none, ask or require (none): certificates of those who connect
  --tls-no-verify            trust any server that we connect to
  --control HOST:PORT        where applications connect (127.0.0.1:9022)
  --control-tls HOST:PORT    the same by TLS, with the certificates of --tls-cert
  --applications LIST        who gets new requests: METHOD=tcp://HOST:PORT or tls://… (one connection a request), or
                             METHOD=tag:NAME; METHOD may be * (default: whoever asks for them, in turn)
  --secret TEXT              what applications must know; or
  --secret-file FILE         the same from a file
  --external-ip LIST         address that peers are told instead of the bound one, at most one of each IP version
  --local-networks LIST      peers that are told the bound one all the same, as 10.0.0.0/8 (private addresses)
  --metrics HOST:PORT        Prometheus metrics at http://HOST:PORT/metrics
  --ready-file FILE          written (JSON, mode 0600) when everything listens
  --state-dir DIR            end oneself and the processes named in DIR/*.json when nobody is connected
  --linger MS                for so long (600000)
  --orphan-timeout MS        until the calls of an application that is gone are ended (60000)
  --unanswered-timeout MS    until a new call that it left unanswered is refused with 503 (5000)
  --reinvite-wait MS         that a re-INVITE waits for an application that uses the call (20000)
  --request-wait MS          the same for other requests in a call (3000)
  --session-expires S        seconds after which a call is over that neither end refreshes, asked for in calls (1800; 0:
                             not asked for, and granted to who asks)
  --min-session-expires S    the least that is granted (90); whoever asks for less is refused with 422
  --extensions LIST          what applications understand besides 100rel and timer: a request that requires anything else
                             is refused with 420 (default: applications judge)
  --redis URL                keep calls in a Redis, so that they go on after a restart; or
  --redis-file FILE          the same from a file, as a password does not belong here
  --instance NAME            which server this is among those that share a Redis (default: the --sip list)
  --return-timeout MS        until a call ends whose connection a restart has cut (60000)
  --half-message-timeout MS  until a half-received message costs its connection (5000)
  --silent-timeout MS        until an accepted connection without any message is closed (30000)
  --idle-timeout MS          until a connection without further messages is closed (7200000)
  --keep-alive MS            between keep-alives on connections (60000)
  --pong-timeout MS          until a connection whose keep-alive was not answered is closed (10000)
  --dns LIST                 servers to ask for names, as 192.0.2.53 or [::1]:5353 (the system's)
  --max-datagram BYTES       requests above it go by TCP where UDP is not demanded (1300)
  --rate-limit N             messages a second from one address (IPv6: /64); 0: any number (500)
  --rate-burst N             messages at once from an address that was quiet (1000)
  --max-connections N        accepted connections in all (10000, at most 3/4 of the files that the process may open)
  --max-connections-of-one N accepted connections of one address (500)
  --trusted-networks LIST    peers without a limit of their own, as private,192.0.2.0/24; none: nobody (private)
  --drop-scanners            no answer to programs that look for open telephone systems (friendly-scanner and its kin)
${operationUsage}  --t1 MS --t2 MS --t4 MS    timers of RFC 3261 (500, 4000, 5000)
  --disable-nat-detection    trust the Contact of UDP peers behind NAT
  --log-level LEVEL          error, warn, info, debug (info)
`;

const text = { type: "string" } as const;
const options = {
  sip: { ...text, default: "udp/127.0.0.1:5060" },
  control: { ...text, default: "127.0.0.1:9022" },
  "control-tls": text,
  applications: { ...text, default: "" },
  secret: text,
  "secret-file": text,
  "external-ip": text,
  "local-networks": text,
  "tls-cert": text,
  "tls-key": text,
  "tls-ca": text,
  "tls-client-certs": { ...text, default: "none" },
  "tls-no-verify": { type: "boolean", default: false },
  metrics: text,
  "ready-file": text,
  "state-dir": text,
  linger: { ...text, default: "600000" },
  "orphan-timeout": { ...text, default: "60000" },
  "unanswered-timeout": { ...text, default: "5000" },
  "reinvite-wait": { ...text, default: "20000" },
  "request-wait": { ...text, default: "3000" },
  "session-expires": { ...text, default: "1800" },
  extensions: text,
  "min-session-expires": { ...text, default: "90" },
  redis: text,
  "redis-file": text,
  instance: text,
  "return-timeout": { ...text, default: "60000" },
  "half-message-timeout": { ...text, default: "5000" },
  "silent-timeout": { ...text, default: "30000" },
  "idle-timeout": { ...text, default: "7200000" },
  "keep-alive": { ...text, default: "60000" },
  "pong-timeout": { ...text, default: "10000" },
  dns: text,
  "max-datagram": { ...text, default: "1300" },
  "rate-limit": { ...text, default: "500" },
  "rate-burst": { ...text, default: "1000" },
  "max-connections": text,
  "max-connections-of-one": { ...text, default: "500" },
  "trusted-networks": text,
  "drop-scanners": { type: "boolean", default: false },
  ...operationOptions,
  t1: { ...text, default: "500" },
  t2: { ...text, default: "4000" },
  t4: { ...text, default: "5000" },
  "disable-nat-detection": { type: "boolean", default: false },
  "log-level": { ...text, default: "info" },
} as const;

/** Reads the command line. @throws ConfigError */
export function readConfig(args: readonly string[]): Config {
  const values = parse(args);
  const sip = readListeners(values.sip, readExternal(values["external-ip"], values["local-networks"]));
  const tls = readTls(values);
  const controlTls = values["control-tls"];
  if (controlTls !== undefined && !tls) throw wrong("tls-cert", "is missing for --control-tls");
  const redis = readGiven("redis", values.redis, values["redis-file"]);
  const sessionExpires = readCount("session-expires", values["session-expires"], "seconds", 0);
  const minSessionExpires = readCount("min-session-expires", values["min-session-expires"], "seconds");
  if (sessionExpires > 0 && sessionExpires < minSessionExpires) {
    throw wrong("session-expires", "is less than --min-session-expires");
  }
  const secure = sip.find(({ protocol }) => protocols[protocol].secure);
  if (secure && !tls) throw wrong("tls-cert", `is missing for ${secure.protocol}`);
  return {
    sip,
    ...(tls && { tls }),
    control: readEndpoint("control", values.control),
    ...(controlTls !== undefined && { controlTls: readEndpoint("control-tls", controlTls) }),
    applications: readList(values.applications).map(readApplication),
    secret: readSecret(values.secret, values["secret-file"]),
    ...(values.metrics !== undefined && { metrics: readEndpoint("metrics", values.metrics) }),
    ...(values["ready-file"] !== undefined && { readyFile: values["ready-file"] }),
    ...(values["state-dir"] !== undefined && { stateDir: values["state-dir"] }),
    lingerMs: readMs("linger", values.linger),
    orphanMs: readMs("orphan-timeout", values["orphan-timeout"]),
    limits: {
      halfMessageMs: readMs("half-message-timeout", values["half-message-timeout"]),
      silentMs: readMs("silent-timeout", values["silent-timeout"]),
      idleMs: readMs("idle-timeout", values["idle-timeout"]),
      keepAliveMs: readMs("keep-alive", values["keep-alive"]),
      pongMs: readMs("pong-timeout", values["pong-timeout"]),
    },
    gate: readGate(values),
    unansweredMs: readMs("unanswered-timeout", values["unanswered-timeout"]),
    reinviteMs: readMs("reinvite-wait", values["reinvite-wait"]),
    requestMs: readMs("request-wait", values["request-wait"]),
    sessionExpires,
    minSessionExpires,
    extensions: values.extensions === undefined ? undefined : new Set(readList(values.extensions.toLowerCase())),
    T1: readMs("t1", values.t1),
    T2: readMs("t2", values.t2),
    T4: readMs("t4", values.t4),
    dns: readList(values.dns ?? "").map(readDnsServer),
    maxDatagram: readCount("max-datagram", values["max-datagram"], "bytes"),
    returnMs: readMs("return-timeout", values["return-timeout"]),
    ...(redis !== undefined && { redis: { url: readRedis(redis), instance: values.instance ?? values.sip } }),
    operation: readOperation(values),
    natDetection: !values["disable-nat-detection"],
    logLevel: readLevel(values["log-level"]),
  };
}

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>["values"];

function parse(args: readonly string[]): Values {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (fault) {
    throw new ConfigError("option", fault instanceof Error ? fault.message : String(fault));
  }
}

type External = (host: string) => Pick<Listener, "externalHost" | "localNetworks">;

function readListeners(text: string, external: External): Listener[] {
  const listeners = readList(text);
  if (listeners.length === 0) throw wrong("sip", "names no address");
  return listeners.map((item) => {
    const [protocol, address, ...rest] = item.split("/");
    if (!isProtocol(protocol) || address === undefined || rest.length > 0) {
      throw wrong("sip", `${item} is not ${Object.keys(protocols).join("/…, ")}/… and host:port`);
    }
    const endpoint = readEndpoint("sip", address);
    return { protocol, ...endpoint, ...external(endpoint.host) };
  });
}

/** An external address stands for bound ones of its own IP version. */
function readExternal(addresses: string | undefined, networks: string | undefined): External {
  const hosts = readList(addresses ?? "");
  const versions = hosts.map(isIP);
  if (versions.includes(0)) throw wrong("external-ip", "is not an IP address");
  if (new Set(versions).size < hosts.length) throw wrong("external-ip", "has two addresses of one IP version");
  const localNetworks = networks === undefined ? privateNetworks : readNetworks("local-networks", networks);
  return (host) => {
    const externalHost = hosts.find((one) => isIP(one) === isIP(host));
    return externalHost === undefined ? {} : { externalHost, localNetworks };
  };
}

function readTls(values: Values): TlsFiles | undefined {
  const certs = readList(values["tls-cert"] ?? "");
  if (certs.length === 0) return undefined;
  const keys = values["tls-key"] === undefined ? certs : readList(values["tls-key"]);
  if (keys.length !== certs.length) throw wrong("tls-key", "names another number of files than --tls-cert");
  const mode = (["none", "ask", "require"] as const).find((one) => one === values["tls-client-certs"]);
  if (!mode) throw wrong("tls-client-certs", "is none of none, ask, require");
  return {
    identities: certs.map((cert, at) => ({ cert, key: keys[at] ?? cert })),
    ...(values["tls-ca"] !== undefined && { ca: values["tls-ca"] }),
    clientCertificates: mode,
    verifyServers: !values["tls-no-verify"],
  };
}

function readSecret(secret: string | undefined, file: string | undefined): string {
  const given = readGiven("secret", secret, file);
  if (given === undefined) throw wrong("secret", "is missing (or --secret-file)");
  return given;
}

function readApplication(text: string): ApplicationRule {
  const rule = readRule(text, (address) => readEndpoint("applications", address));
  if (!rule) throw wrong("applications", `${text} is not METHOD=tcp://…, METHOD=tls://… or METHOD=tag:…`);
  return rule;
}

function readRedis(url: string): string {
  if (!/^rediss?:\/\/\S+$/.test(url)) throw wrong("redis", "is not a redis:// address");
  return url;
}

function readDnsServer(value: string): string {
  const { host, port = 53 } = parseHostPort(value) ?? { host: "" };
  if (isIP(canonicalHost(host)) === 0) throw wrong("dns", `${value} is not an IP address, or one with a port`);
  return `${bracketed(canonicalHost(host))}:${port}`;
}

function readLevel(value: string): LogLevel {
  const levels: readonly LogLevel[] = ["error", "warn", "info", "debug"];
  const level = levels.find((one) => one === value);
  if (!level) throw wrong("log-level", `${value} is none of ${levels.join(", ")}`);
  return level;
}
