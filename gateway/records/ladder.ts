import type { SdpOutline } from "../call/journal.ts";
import type { Lane, Step } from "../protocol/call-story.ts";
import type { StoryFacts } from "./facts.ts";
import { lanesOf, type Lanes } from "./lanes.ts";
import { audioSteps } from "./audio-steps.ts";
import type { Story, StoryEntry } from "./story.ts";

export interface Ladder {
  readonly lanes: readonly Lane[];
  readonly steps: readonly Step[];
}

type Arrow = Pick<Step, "from" | "to" | "label"> & Partial<Pick<Step, "detail" | "tone">>;

/** The story as arrows between browser, gateway, relay and telephone side. */
export function ladderOf(story: Story, facts: StoryFacts): Ladder {
  const lanes = lanesOf(story, facts);
  const steps = story.entries.flatMap((entry, index): Step[] => {
    const arrow = arrowOf(entry, lanes, facts);
    const lost = story.gap?.behind === index ? [remark(entry, lanes.gateway, `${story.gap.count} more`)] : [];
    return arrow ? [step(entry, arrow), ...lost] : lost;
  });
  return { lanes: lanes.list, steps: withAudio(steps, audioSteps(story, facts, lanes)) };
}

/** Sound stands where the talk was: before what ended it. */
function withAudio(steps: readonly Step[], audio: readonly Step[]): readonly Step[] {
  const end = steps.findIndex(({ label }) => /^(BYE|call\.end|call\.ended|connection lost)/.test(label));
  if (end < 0) return [...steps, ...audio];
  const { at = 0, ms = 0 } = steps[end] ?? {};
  return [...steps.slice(0, end), ...audio.map((one) => ({ ...one, at, ms })), ...steps.slice(end)];
}

const step = ({ at, ms }: StoryEntry, { from, to, label, detail = [], tone = "plain" }: Arrow): Step => ({
  at,
  ms,
  from,
  to,
  label,
  detail,
  tone,
});

const remark = (entry: StoryEntry, lane: number, label: string): Step =>
  step(entry, { from: lane, to: lane, label, tone: "quiet" });

function arrowOf(entry: StoryEntry, lanes: Lanes, facts: StoryFacts): Arrow | undefined {
  switch (entry.is) {
    case "wire":
      return { ...between(entry.direction, lanes.ofLeg(entry.leg), lanes.gateway), ...message(entry, facts) };
    case "relay":
      return {
        from: lanes.gateway,
        to: lanes.relay,
        label: `${entry.operation}, ${entry.failed ?? `${entry.tookMs} ms`}`,
        detail: entry.given ? outlineLines(entry.given) : [],
        tone: entry.failed === undefined ? "quiet" : "bad",
      };
    case "media":
      return mediaArrow(entry, lanes, facts);
    case "fact":
      return lanes.isOurs(entry.leg)
        ? { from: lanes.ofLeg(entry.leg), to: lanes.gateway, label: entry.fact, tone: "quiet" }
        : undefined;
    case "command":
      return lanes.isOurs(entry.leg)
        ? { from: lanes.gateway, to: lanes.ofLeg(entry.leg), label: entry.command, tone: "quiet" }
        : undefined;
    case "state":
      return stateRemark(entry, lanes);
    case "counters":
      return undefined;
  }
}

const between = (direction: "in" | "out", leg: number, gateway: number): Pick<Step, "from" | "to"> =>
  direction === "in" ? { from: leg, to: gateway } : { from: gateway, to: leg };

type Wire = Extract<StoryEntry, { is: "wire" }>;

function message(wire: Wire, facts: StoryFacts): Omit<Arrow, "from" | "to"> {
  const media = wire.media ? outlineLines(wire.media) : [];
  if (wire.protocol === "frame")
    return { label: frameLabel(wire), detail: [...fieldLines(wire.fields), ...media], tone: frameTone(wire.type) };
  const audio = wire.media?.media.find(({ kind }) => kind === "audio");
  const suspect =
    audio !== undefined && [facts.caller, facts.callee].some((side) => side.hiddenAddress === audio.address);
  const label = shortLine(wire.line);
  return {
    label: suspect ? `${label}, SDP c=${audio.address}` : label,
    detail: [wire.line, ...wire.headers.map(([name, value]) => `${name}: ${value}`), ...media],
    tone: suspect || isFailure(wire.line) ? "bad" : "plain",
  };
}

/** `INVITE`, or `183 Session Progress`. */
const shortLine = (line: string): string =>
  line.startsWith("SIP/2.0 ") ? line.slice("SIP/2.0 ".length) : (line.split(" ")[0] ?? line);

/** Challenges, and the end of what was cancelled, are no failures. */
function isFailure(line: string): boolean {
  const status = Number(/^SIP\/2\.0 (\d{3})/.exec(line)?.[1] ?? 0);
  return status >= 400 && ![401, 407, 487].includes(status);
}

function frameLabel({ type, fields }: Extract<Wire, { protocol: "frame" }>): string {
  if (type === "call.ended") return `${type}, ${String(fields["reason"] ?? "")}`;
  if (type === "refused") return `${type}, ${String(fields["code"])}`;
  if (type === "call.report") return `${type}, ${String(fields["problem"] ?? qualityOf(fields))}`;
  return type;
}

const qualityOf = ({ mos, loss }: Readonly<Record<string, unknown>>): string =>
  typeof mos === "number" ? `quality ${mos.toFixed(1)}, ${Math.round(Number(loss) * 1000) / 10} % lost` : "media";

const frameTone = (type: string): Step["tone"] =>
  type === "connection lost" || type === "refused" ? "bad" : type === "call.report" ? "quiet" : "plain";

const fieldLines = (fields: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(fields).map(([name, value]) => `${name}: ${String(value)}`);

/** What a description says, a line each section. */
export function outlineLines({ media, ice, setup, candidates = [] }: SdpOutline): string[] {
  const sections = media.map(
    ({ kind, address, port, protocol, direction, codecs, dtmf }) =>
      `SDP ${kind} ${address}:${port} ${protocol} ${direction} ${codecs.join(" ")}${dtmf ? " telephone-event" : ""}`,
  );
  const transport = [ice && `ICE ${ice}`, setup && `DTLS ${setup}`].filter(Boolean).join(", ");
  return [...sections, ...(transport ? [transport] : []), ...candidates.map((one) => `candidate ${one}`)];
}

function mediaArrow(entry: Extract<StoryEntry, { is: "media" }>, lanes: Lanes, facts: StoryFacts): Arrow | undefined {
  if (entry.event === "digit") return undefined;
  const side = entry.side && facts[entry.side].name;
  const label = entry.event === "lost" ? `relay lost: ${entry.reason ?? ""}` : `nothing comes from ${side ?? "a side"}`;
  return { from: lanes.relay, to: lanes.gateway, label, tone: "bad" };
}

/** What no message shows: a call that nobody was rung for, and time that ran out. */
function stateRemark(entry: Extract<StoryEntry, { is: "state" }>, lanes: Lanes): Arrow | undefined {
  const text = { unroutable: "nobody to ring", "ring-timeout": "rang too long" }[entry.input];
  return text === undefined ? undefined : { from: lanes.gateway, to: lanes.gateway, label: text, tone: "bad" };
}
