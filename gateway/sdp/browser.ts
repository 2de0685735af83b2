import { attribute, parseSdp, printSdp, type MediaSection } from "./description.ts";
import { SdpError } from "./sdp-error.ts";

/**
 * A browser's description in the one form that a relay understands from all of them:
 * - `ice-options:trickle` stands in each section. Firefox writes it for the session only; rtpengine then takes the
 *   missing candidates for a hold.
 * - port 9 and address 0.0.0.0, always (RFC 8840 4.1.1): once candidates are gathered a browser writes one of them
 *   there, and a changed port would move the other side's port too.
 * - no candidates: the relay is ICE-lite and answers where it is asked from; names under .local mean nothing to it.
 * @throws SdpError `bad-sdp`, also for a section in use without a fingerprint: RFC 8827 6.5 allows DTLS-SRTP only, and
 * the relay would answer with keys that no browser takes, so that the call would die of silence.
 */
export function normaliseBrowserSdp(text: string): string {
  const { session, media } = parseSdp(text);
  const trickle = attribute(session, "ice-options");
  const sealed = (lines: readonly string[]): boolean => attribute(lines, "fingerprint") !== undefined;
  if (!sealed(session) && media.some(({ port, lines }) => port > 0 && !sealed(lines)))
    throw new SdpError("bad-sdp", "a browser's description needs a fingerprint (RFC 8827 6.5)");
  return printSdp({
    session: session.filter((line) => !/^(c=|a=ice-options:)/.test(line)),
    media: media.map((section) => normaliseSection(section, trickle)),
  });
}

const replaced = /^(c=|a=rtcp:|a=candidate:|a=end-of-candidates)/;

function normaliseSection(section: MediaSection, sessionIceOptions: string | undefined): MediaSection {
  const kept = section.lines.filter((line) => !replaced.test(line));
  const iceOptions =
    sessionIceOptions !== undefined && attribute(kept, "ice-options") === undefined
      ? [`a=ice-options:${sessionIceOptions}`]
      : [];
  return {
    ...section,
    port: section.port === 0 ? 0 : 9,
    lines: ["c=IN IP4 0.0.0.0", "a=rtcp:9 IN IP4 0.0.0.0", ...iceOptions, ...kept],
  };
}
