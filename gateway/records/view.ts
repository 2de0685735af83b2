import type { CallStory, CallSummary } from "../protocol/call-story.ts";
import { factsOf } from "./facts.ts";
import { ladderOf } from "./ladder.ts";
import { mediaFigures } from "./media-figures.ts";
import { networkOf, type Story } from "./story.ts";
import { verdictOf } from "./verdicts/verdict.ts";

/** A line of the list. */
export function summaryOf(story: Story): CallSummary {
  const network = networkOf(story);
  const { code, severity, title } = verdictOf(factsOf(story));
  return {
    reference: story.reference,
    at: story.startedAt,
    from: story.from,
    to: story.to,
    durationMs: story.end?.durationMs ?? 0,
    running: story.endedAt === undefined,
    ...(network !== undefined && { network }),
    verdict: { code, severity, title },
  };
}

/** The whole of it, for people. */
export function viewOf(
  story: Story,
  around: Pick<CallStory, "sameCauseToday" | "keptDays">,
): Omit<CallStory, "masked"> {
  const facts = factsOf(story);
  const { endedAt, end } = story;
  return {
    ...summaryOf(story),
    verdict: verdictOf(facts),
    ...(endedAt !== undefined && { endedAt }),
    ...(end && { outcome: outcomeOf(end) }),
    ...ladderOf(story, facts),
    media: mediaFigures(story, facts),
    ...around,
  };
}

const outcomeOf = ({ cause, by }: NonNullable<Story["end"]>): NonNullable<CallStory["outcome"]> => ({
  cause: cause.code,
  by,
  ...(cause.sip !== undefined && { sip: cause.sip }),
  ...(cause.q850 !== undefined && { q850: cause.q850 }),
});
