import { openFilesLimit } from "../base/process.ts";
import { readCount, readNetworks } from "./option-readers.ts";
import type { GateRules } from "./transport/gate.ts";
import { Networks, privateNetworks, privateRanges } from "./transport/networks.ts";

export interface GateValues {
  readonly "rate-limit"?: string;
  readonly "rate-burst"?: string;
  readonly "max-connections"?: string;
  readonly "max-connections-of-one"?: string;
  readonly "trusted-networks"?: string;
  readonly "drop-scanners"?: boolean;
}

/** Reads who may send and connect how much. @throws ConfigError */
export function readGate(values: GateValues): GateRules {
  const connections = values["max-connections"];
  return {
    rate: readCount("rate-limit", values["rate-limit"], "messages a second", 0),
    burst: readCount("rate-burst", values["rate-burst"], "messages"),
    connections: connections === undefined ? affordable() : readCount("max-connections", connections, "connections"),
    connectionsOfOne: readCount("max-connections-of-one", values["max-connections-of-one"], "connections"),
    trusted: readTrusted(values["trusted-networks"]),
    dropScanners: values["drop-scanners"] === true,
  };
}

/** Private networks, if nothing is said: trunks and proxies stand there, and all behind one would be one sender. */
function readTrusted(text: string | undefined): Networks {
  if (text === undefined) return privateNetworks;
  if (text === "none") return new Networks([]);
  return readNetworks("trusted-networks", text.replace(/\bprivate\b/, privateRanges.join(",")));
}

/** Applications, Redis and connections that we make need open files too. */
function affordable(): number {
  return Math.max(1, Math.min(10_000, Math.floor(0.75 * openFilesLimit())));
}
