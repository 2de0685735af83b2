import type { ErrorDetailOf } from "./error-kinds.ts";
import type { StatsEntry } from "./quality.ts";

/** What is known of the ways between browser and relay, when none of them works. */
export interface IceFacts {
  /** Transport protocol of each candidate of ours. */
  readonly local: readonly string[];
  /** Addresses of the relay; empty while they are not known. */
  readonly remote: readonly string[];
  /** How many pairs are being tried. */
  readonly pairs: number;
  /** The browser has looked at all networks that it may use. */
  readonly gathered: boolean;
  /** The connection may use TURN only. */
  readonly relayOnly: boolean;
  /** The browser believes that there is a network. */
  readonly online: boolean;
}

const isLoopback = (address: string): boolean => address === "::1" || address.startsWith("127.");

/** Why no sound can pass. */
export function iceVerdict(facts: IceFacts): ErrorDetailOf<"ice-failed"> {
  const { local, remote, pairs, relayOnly } = facts;
  if (remote.length > 0 && remote.every(isLoopback)) return "loopback-only";
  if (relayOnly) return "policy";
  if (!local.includes("udp")) return noCandidate(facts);
  if (remote.length > 0 && pairs === 0) return "no-pair";
  return "udp-blocked";
}

/**
 * Without a network only a gateway on this very machine can have been reached. With one, a browser that has looked and
 * found nothing, or TCP only, was not allowed to use it.
 */
function noCandidate({ local, online, gathered }: IceFacts): ErrorDetailOf<"ice-failed"> {
  if (!online) return "loopback-only";
  return gathered || local.includes("tcp") ? "policy" : "no-candidate";
}

/** The addresses that a description names (RFC 8839 5.1). */
export function candidateAddresses(sdp: string): string[] {
  return [...sdp.matchAll(/^a=candidate:\S+ \d+ \S+ \d+ (\S+)/gim)].map(([, address = ""]) => address);
}

/** Reads candidates and pairs from what W3C's webrtc-stats names. */
export function waysOf(report: Iterable<[string, StatsEntry]>): Pick<IceFacts, "local" | "pairs"> {
  const entries = [...report].map(([, entry]) => entry);
  const local = entries.filter(({ type }) => type === "local-candidate").map(({ protocol = "udp" }) => protocol);
  return { local, pairs: entries.filter(({ type }) => type === "candidate-pair").length };
}
