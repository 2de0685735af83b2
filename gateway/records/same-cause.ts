import type { CallStory, CallSummary } from "../protocol/call-story.ts";
import { dayOf } from "./story-files.ts";

/** How often the same verdict came on the call's day. `newest`: summaries, newest first. */
export function sameCause({ at, verdict }: CallSummary, newest: Iterable<CallSummary>): CallStory["sameCauseToday"] {
  const day = dayOf(at);
  const same: CallSummary[] = [];
  for (const summary of newest) {
    if (dayOf(summary.at) < day) break;
    if (dayOf(summary.at) === day && summary.verdict.code === verdict.code) same.push(summary);
  }
  const first = same.at(-1);
  return { calls: same.length, ...(first && { firstAt: first.at }), networks: byNetwork(same) };
}

function byNetwork(calls: readonly CallSummary[]): { readonly name: string; readonly calls: number }[] {
  const counts = new Map<string, number>();
  for (const { network = "" } of calls) counts.set(network, (counts.get(network) ?? 0) + 1);
  return [...counts].map(([name, count]) => ({ name, calls: count })).sort((a, b) => b.calls - a.calls);
}
