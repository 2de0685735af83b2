import type { Step } from "../protocol/call-story.ts";
import { calledLeg, isUnheard, type SideFacts, type StoryFacts } from "./facts.ts";
import type { Lanes } from "./lanes.ts";
import type { Story } from "./story.ts";

export const grouped = (value: number): string => value.toLocaleString("en").replaceAll(",", " ");

/** What passed the relay: an arrow from each side to it, and on to the other. */
export function audioSteps(story: Story, facts: StoryFacts, lanes: Lanes): Step[] {
  const end = story.entries.find((entry) => entry.is === "state" && entry.to === "ended") ?? story.entries.at(-1);
  if (!facts.connected || !end) return [];
  const { at, ms } = end;
  const caller = lanes.ofLeg(0);
  const callee = lanes.ofLeg(calledLeg(story.entries));
  const through = (from: number, to: number, side: SideFacts): Step[] =>
    side.packets === undefined
      ? []
      : [
          { at, ms, from, to: lanes.relay, ...figures(side, facts.talkMs, true) },
          { at, ms, from: lanes.relay, to, ...figures(side, facts.talkMs, false) },
        ];
  return [...through(caller, callee, facts.caller), ...through(callee, caller, facts.callee)];
}

function figures(
  side: SideFacts,
  talkMs: number,
  arriving: boolean,
): Pick<Step, "label" | "detail" | "tone" | "missing"> {
  const { packets = 0, codec, lossPercent, jitterMs, mos } = side;
  if (packets === 0) {
    const label = `0 packets for ${Math.round(talkMs / 1000)} s`;
    return { label, detail: [], tone: isUnheard(side, talkMs) ? "bad" : "quiet", missing: true };
  }
  const loss = arriving && lossPercent !== undefined ? `, ${lossPercent} % lost` : "";
  const detail = [
    codec,
    jitterMs !== undefined && `jitter ${jitterMs} ms`,
    mos !== undefined && `estimated quality ${mos.toFixed(1)} of 5`,
  ].filter((line) => typeof line === "string");
  return { label: `audio ${grouped(packets)} packets${loss}`, detail: arriving ? detail : [], tone: "good" };
}
