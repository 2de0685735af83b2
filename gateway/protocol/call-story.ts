/** What support and operators read of a call: `/api/calls` and the admin screen. Numbers may be masked. */

export type Severity = "ok" | "note" | "warning" | "failure";

/** What a call came to, in one sentence, with what to do about it. */
export interface Verdict {
  /** From a closed list; the same for the same cause. */
  readonly code: string;
  readonly severity: Severity;
  readonly title: string;
  /** With the figures of this call. */
  readonly text: string;
  readonly advice: readonly string[];
}

/** One line of the list of calls, newest first. */
export interface CallSummary {
  readonly reference: string;
  /** When it began: milliseconds since the epoch. */
  readonly at: number;
  readonly from: string;
  readonly to: string;
  /** From answer to end. */
  readonly durationMs: number;
  readonly running: boolean;
  /** The trunk that it went through. */
  readonly network?: string;
  readonly verdict: Pick<Verdict, "code" | "severity" | "title">;
}

export interface CallList {
  readonly calls: readonly CallSummary[];
  /** Older ones are kept. */
  readonly more: boolean;
}

/** A column of the ladder. */
export interface Lane {
  readonly name: string;
  readonly detail: string;
}

/** An arrow of the ladder, from one lane to another; to the same lane: a remark there. */
export interface Step {
  readonly at: number;
  /** Since the call began. */
  readonly ms: number;
  readonly from: number;
  readonly to: number;
  readonly label: string;
  /** What more is known of it: headers, addresses, codecs. */
  readonly detail: readonly string[];
  readonly tone: "plain" | "quiet" | "good" | "bad";
  /** Nothing passed. */
  readonly missing?: true;
}

export interface MediaFigure {
  readonly name: string;
  readonly value: string;
  readonly tone: Step["tone"];
}

export interface CallStory extends CallSummary {
  readonly verdict: Verdict;
  readonly endedAt?: number;
  /** Why it ended, in the gateway's words, and what the network said. */
  readonly outcome?: { readonly cause: string; readonly by: string; readonly sip?: number; readonly q850?: number };
  readonly lanes: readonly Lane[];
  readonly steps: readonly Step[];
  readonly media: readonly MediaFigure[];
  /** Calls of today with the same verdict, this one among them. */
  readonly sameCauseToday: {
    readonly calls: number;
    readonly firstAt?: number;
    /** By trunk; calls that went through none have no name. */
    readonly networks: readonly { readonly name: string; readonly calls: number }[];
  };
  readonly keptDays: number;
  readonly masked: boolean;
}
