import { codecsOf, isSpeech } from "./codec.ts";
import { parseSdp, type MediaSection } from "./description.ts";
import { directionOf, type Direction } from "./direction.ts";

/** What a description offers or answers, as far as a call must know it. */
export interface MediaSummary {
  readonly audio: boolean;
  readonly video: boolean;
  /** Of the first audio section in use (else of the first section), as its sender sees it. */
  readonly direction: Direction;
  /** Names of that section's speech codecs in order. */
  readonly codecs: readonly string[];
  /** True when key presses can be sent as RFC 4733 events. */
  readonly dtmf: boolean;
}

/** @throws SdpError `bad-sdp` */
export function summaryOf(text: string): MediaSummary {
  const { session, media } = parseSdp(text);
  const uses = (kind: string): MediaSection | undefined => media.find((each) => each.kind === kind && each.port > 0);
  const main = uses("audio") ?? media[0];
  const codecs = main ? codecsOf(main) : [];
  return {
    audio: uses("audio") !== undefined,
    video: uses("video") !== undefined,
    direction: main ? directionOf(main, session) : "inactive",
    codecs: codecs.filter(isSpeech).map(({ name }) => name),
    dtmf: codecs.some(({ name }) => name.toLowerCase() === "telephone-event"),
  };
}
