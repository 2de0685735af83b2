import type { JournalEnd, JournalEntry, JournalLeg } from "../call/journal.ts";
import { isRecord } from "../base/json.ts";

/** One line of a story. `ms`: since its begin, by a clock that does not jump. */
export type StoryEntry = JournalEntry & { readonly at: number; readonly ms: number };

/** Why an attempt never became a call. */
export interface AttemptEnd {
  readonly refusal: "password" | "no-password" | "unknown-caller" | "bad-target" | "not-understood" | "frame";
  /** SIP status, or the code of a refused frame. */
  readonly status: number | string;
  /** Where it came from. */
  readonly address: string;
}

/** What is kept of a call, or of an attempt to make one: a value without secrets. */
export interface Story {
  readonly version: 1;
  readonly reference: string;
  readonly startedAt: number;
  /** The gateway that had it. */
  readonly node: string;
  readonly from: string;
  readonly to: string;
  readonly legs: readonly JournalLeg[];
  readonly entries: readonly StoryEntry[];
  /** So many entries are missing behind the entry of that index: there were too many. */
  readonly gap?: { readonly behind: number; readonly count: number };
  /** Absent while the call lasts. */
  readonly endedAt?: number;
  readonly end?: JournalEnd;
  readonly attempt?: AttemptEnd;
}

/** The trunk that a call went through. */
export const networkOf = ({ legs }: Pick<Story, "legs">): string | undefined =>
  legs.find(({ network }) => network !== undefined)?.network;

/** Whether a file holds a story of ours: our own process wrote it, so its outline is enough. */
export function isStory(value: unknown): value is Story {
  return (
    isRecord(value) &&
    value["version"] === 1 &&
    typeof value["reference"] === "string" &&
    typeof value["startedAt"] === "number" &&
    Array.isArray(value["legs"]) &&
    Array.isArray(value["entries"])
  );
}
