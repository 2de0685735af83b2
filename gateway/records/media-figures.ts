import type { MediaFigure } from "../protocol/call-story.ts";
import { grouped } from "./audio-steps.ts";
import { isUnheard, type SideFacts, type StoryFacts } from "./facts.ts";
import type { Story } from "./story.ts";

/** The figures beside the ladder. */
export function mediaFigures(story: Story, facts: StoryFacts): MediaFigure[] {
  if (!facts.connected) return [];
  const { caller, callee } = facts;
  return [
    ...flow(caller, callee, facts.talkMs),
    ...flow(callee, caller, facts.talkMs),
    ...figure("Codec", [codecOf(caller), codecOf(callee)].filter(Boolean).join(" ↔ ")),
    ...figure("ICE pair", pairOf(story)),
    ...loss(caller),
    ...loss(callee),
    ...figure("Set-up, start to answer", setUp(story)),
  ];
}

const short = ({ channel, name }: SideFacts): string => (channel === "browser" ? "browser" : name.replace(/^the /, ""));
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function flow(from: SideFacts, to: SideFacts, talkMs: number): MediaFigure[] {
  const { packets } = from;
  if (packets === undefined) return [];
  const tone = packets > 0 ? "good" : isUnheard(from, talkMs) ? "bad" : "quiet";
  const value = `${grouped(packets)} packets`;
  return [
    { name: `${capital(short(from))} to relay`, value, tone },
    { name: `Relay to ${short(to)}`, value, tone },
  ];
}

const figure = (name: string, value: string | undefined): MediaFigure[] =>
  value ? [{ name, value, tone: "plain" }] : [];

const codecOf = ({ codec, media }: SideFacts): string => (codec ?? media?.codecs[0] ?? "").split("/")[0] ?? "";

function loss(side: SideFacts): MediaFigure[] {
  const { lossPercent, jitterMs } = side;
  if (lossPercent === undefined && jitterMs === undefined) return [];
  const value = `${lossPercent ?? 0} %, ${Math.round(jitterMs ?? 0)} ms`;
  return [{ name: `Loss, jitter of ${short(side)}`, value, tone: (lossPercent ?? 0) > 3 ? "bad" : "plain" }];
}

function pairOf({ entries }: Story): string | undefined {
  const fields = entries.flatMap((entry) => (entry.is === "wire" && entry.protocol === "frame" ? [entry.fields] : []));
  const pair = fields.findLast(({ local }) => local !== undefined);
  const type = (text: unknown): string => String(text).split(" ")[0] ?? "";
  return pair && `${type(pair["local"])} ↔ ${type(pair["remote"])}, ${String(pair["protocol"]).toUpperCase()}`;
}

function setUp({ entries }: Story): string {
  const connected = entries.find((entry) => entry.is === "state" && entry.to === "connected");
  return connected ? `${(connected.ms / 1000).toFixed(1)} s` : "never";
}
