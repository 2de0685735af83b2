import type { Severity } from "../../protocol/call-story.ts";
import type { StoryFacts } from "../facts.ts";

export type Text = string | ((facts: StoryFacts) => string);

/** One cause that we can tell, and what to do about it. */
export interface VerdictRow {
  readonly code: string;
  readonly severity: Severity;
  when(facts: StoryFacts): boolean;
  readonly title: Text;
  readonly text: Text;
  readonly advice: readonly string[];
}

/** Fits calls that ended with one of the codes. */
export const cause =
  (...codes: readonly (StoryFacts["cause"] & string)[]) =>
  (facts: StoryFacts): boolean =>
    facts.cause !== undefined && codes.includes(facts.cause);
