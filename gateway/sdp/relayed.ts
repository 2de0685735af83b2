import { parseSdp, printSdp, type MediaSection } from "./description.ts";

/** What only browsers understand, and what would tell a telephone about the browser behind us. */
const browserOnly = /^a=(extmap|extmap-allow-mixed|msid|msid-semantic|ssrc|ssrc-group|rtcp-xr|rtcp-rsize|rtcp-fb)\b/;

/** What a relay made of a description, on its way to a telephone: without what it copied from a browser's. */
export function forTelephone(text: string): string {
  const { session, media } = parseSdp(text);
  const clean = (lines: readonly string[]): string[] => lines.filter((line) => !browserOnly.test(line));
  return printSdp({
    session: clean(session),
    media: media.map((section) => ({ ...section, lines: clean(section.lines) })),
  });
}

/**
 * The same on its way to a browser: without the SSRCs of audio (RFC 5576). A relay that transcodes sends under
 * another one; a browser that was told one plays no other, and stays silent.
 */
export function forBrowser(text: string): string {
  const { session, media } = parseSdp(text);
  return printSdp({ session, media: media.map(withoutAudioSsrc) });
}

const withoutAudioSsrc = (section: MediaSection): MediaSection =>
  section.kind === "audio"
    ? { ...section, lines: section.lines.filter((line) => !/^a=ssrc(-group)?:/.test(line)) }
    : section;
