import type { CallRecordInfo } from "../gateway/protocol/values.ts";
import type { CallEnd } from "./call-end.ts";
import type { Peer } from "./peer.ts";

/** One call in the user's own list, which the gateway keeps for all of the user's devices. */
export interface CallRecord {
  readonly reference: string;
  readonly peer: Peer;
  /** `missed`: nobody answered it anywhere; one that another device took is `in`. */
  readonly direction: "in" | "out" | "missed";
  /** When it started. */
  readonly at: Date;
  /** From answer to end, in milliseconds; 0 when it was never answered. */
  readonly durationMs: number;
  readonly end: CallEnd;
}

/** A piece of a list, newest first. */
export interface Page {
  /** Reference of the last record seen: older ones are wanted. */
  readonly before?: string;
  /** 1 to 100, default 50. */
  readonly limit?: number;
}

export function recordOf({ reference, peer, direction, at, durationMs, end }: CallRecordInfo): CallRecord {
  return Object.freeze({
    reference,
    peer: Object.freeze(peer),
    direction,
    at: new Date(at),
    durationMs,
    end: Object.freeze({ ...end, reference, durationMs }),
  });
}

/** Both lists as one, newest first; a record that is in both counts once. */
export function mergeRecords(some: readonly CallRecord[], others: readonly CallRecord[]): readonly CallRecord[] {
  const all = new Map([...others, ...some].map((record) => [record.reference, record]));
  return Object.freeze([...all.values()].sort((a, b) => b.at.getTime() - a.at.getTime()));
}

/** Without `references` nothing is left. */
export function withoutRecords(
  records: readonly CallRecord[],
  references: readonly string[] | undefined,
): readonly CallRecord[] {
  return Object.freeze(references ? records.filter(({ reference }) => !references.includes(reference)) : []);
}
