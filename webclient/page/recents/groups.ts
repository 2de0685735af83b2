import type { CallRecord, Target } from "../../index.ts";

export type Filter = "all" | "missed";

/** Calls with one person that follow each other, newest first. */
export interface Group {
  /** Whom they were with. */
  readonly key: string;
  readonly records: readonly [CallRecord, ...CallRecord[]];
}

const isMissed = ({ direction }: CallRecord): boolean => direction === "missed";

/** A missed call does not hide among others. */
const belongs = (group: Group, key: string, record: CallRecord): boolean =>
  group.key === key && isMissed(group.records[0]) === isMissed(record);

/** The list as it is shown: neighbours with the same person are one row. */
export function groupRecords(
  records: readonly CallRecord[],
  filter: Filter,
  keyOf: (target: Target) => string,
): readonly Group[] {
  const groups: Group[] = [];
  for (const record of records.filter((some) => filter === "all" || isMissed(some))) {
    const key = keyOf(record.peer.target);
    const last = groups.at(-1);
    if (last && belongs(last, key, record)) groups[groups.length - 1] = { key, records: [...last.records, record] };
    else groups.push({ key, records: [record] });
  }
  return groups;
}

/** Missed calls that came after `seen`, milliseconds since the epoch. */
export const unseenMissed = (records: readonly CallRecord[], seen: number): number =>
  records.filter((record) => isMissed(record) && record.at.getTime() > seen).length;
