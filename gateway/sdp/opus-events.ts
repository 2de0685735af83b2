import { codecsOf, isSpeech } from "./codec.ts";
import { parseSdp, printSdp, type MediaSection } from "./description.ts";

/**
 * Telephones that speak Opus alone often write `telephone-event/8000` beside it and time their key presses by Opus'
 * clock of 48 kHz all the same; they mean what RFC 7587 and RFC 4733 2.1 ask for, one clock. A relay takes them at
 * their word and can neither pass nor make a key press. So it is told the true clock, and they read their own words.
 */
export function hasEventsAtWrongClock(text: string): boolean {
  return parseSdp(text).media.some(isOpusWithSlowEvents);
}

/** What such a telephone wrote, as it means it. */
export const withOpusEvents = (text: string): string => rewritten(text, isOpusWithSlowEvents, "8000", "48000");

/** What such a telephone reads: its own words back. */
export const withSlowEvents = (text: string): string => rewritten(text, isOpus, "48000", "8000");

function rewritten(text: string, fits: (section: MediaSection) => boolean, from: string, to: string): string {
  const { session, media } = parseSdp(text);
  const pattern = new RegExp(`^(a=rtpmap:\\d+ telephone-event)/${from}$`);
  const rewrite = (section: MediaSection): MediaSection =>
    fits(section) ? { ...section, lines: section.lines.map((line) => line.replace(pattern, `$1/${to}`)) } : section;
  return printSdp({ session, media: media.map(rewrite) });
}

function isOpus(section: MediaSection): boolean {
  const speech = codecsOf(section).filter(isSpeech);
  return speech.length > 0 && speech.every(({ name }) => name.toLowerCase() === "opus");
}

function isOpusWithSlowEvents(section: MediaSection): boolean {
  const events = codecsOf(section).filter(({ name }) => name.toLowerCase() === "telephone-event");
  return isOpus(section) && events.length > 0 && events.every(({ clockRate }) => clockRate === 8000);
}
