import { heardMs, isUnheard, type SideFacts, type StoryFacts } from "../facts.ts";

/** Above it people notice: share of lost packets, jitter, and mean opinion score (ITU-T G.107 maps 3.6 to "some dissatisfied"). */
const weak = { lossPercent: 3, jitterMs: 60, mos: 3.5 };
/**
 * Octets of an Opus packet, with SRTP and header extensions, that a muted microphone does not exceed: Chromium sends 44
 * for silence, and 90 and more for sound.
 */
const silentOctets = 50;

export const sides = ({ caller, callee }: StoryFacts): readonly SideFacts[] => [caller, callee];
export const browserOf = (facts: StoryFacts): SideFacts | undefined =>
  sides(facts).find(({ channel }) => channel === "browser");

export const talked = ({ connected, talkMs }: StoryFacts): boolean => connected && talkMs >= heardMs;
export const silentSide = (facts: StoryFacts, channel: SideFacts["channel"]): SideFacts | undefined =>
  facts.connected
    ? sides(facts).findLast((side) => side.channel === channel && isUnheard(side, facts.talkMs))
    : undefined;
/** Sound came from it, or it is a part of ours and needs to send none. */
export const isHeard = ({ channel, packets }: SideFacts): boolean => channel !== "ours" && packets !== 0;

/** The browser found the relay, and yet nothing passes either way: without keys neither can send. */
export const isSealed = (facts: StoryFacts): boolean => {
  const { paired, sent, received } = facts.report;
  return silentSide(facts, "browser") !== undefined && paired && sent === 0 && received === 0;
};

export const otherOf = (facts: StoryFacts, side: SideFacts | undefined): SideFacts =>
  side === facts.caller ? facts.callee : facts.caller;

export const hidden = (facts: StoryFacts): SideFacts | undefined => {
  const side = silentSide(facts, "sip");
  return side?.hiddenAddress === undefined ? undefined : side;
};

/** Sound came, but as small as coded silence is. */
export const onlySilence = ({ codec = "", packets = 0, octets = 0 }: SideFacts): boolean =>
  /^opus/i.test(codec) && packets >= 150 && octets / packets <= silentOctets;

export const isWeak = ({ lossPercent = 0, jitterMs = 0, mos = 5 }: Pick<SideFacts, keyof typeof weak>): boolean =>
  lossPercent > weak.lossPercent || jitterMs > weak.jitterMs || mos < weak.mos;
/** Whose figures are worst: a side as the relay knows it, else what the page reported. */
export const weakest = (facts: StoryFacts): Pick<SideFacts, keyof typeof weak> & { readonly name: string } => {
  const found = sides(facts).find(isWeak);
  return found ?? { ...facts.report, name: browserOf(facts)?.name ?? "one side" };
};
