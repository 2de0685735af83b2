import { parseSdp, printSdp } from "./description.ts";

/** RFC 4566 5.2: the identity of the descriptions that one far end gets from us. */
export interface Origin {
  /** Decimal digits, the same for the life of a leg. */
  readonly sessionId: string;
  /** Grows by one with each changed description (RFC 3264 8). */
  readonly version: number;
}

/** The description under our own name: neither the other party's `o=` nor its `s=`, `i=`, `e=` go through. */
export function withOrigin(text: string, { sessionId, version }: Origin): string {
  const description = parseSdp(text);
  const session = description.session
    .filter((line) => !/^[iuep]=/.test(line) && !line.startsWith("a=tool:"))
    .map((line) => {
      if (line.startsWith("o=")) return `o=- ${sessionId} ${version} ${addressOf(line)}`;
      return line.startsWith("s=") ? "s=-" : line;
    });
  return printSdp({ ...description, session });
}

/** `IN IP4 192.0.2.1` of an `o=` line. */
const addressOf = (line: string): string => line.split(" ").slice(3).join(" ");

/** The description without its `o=` line: what RFC 3264 8 compares. */
export const bodyOf = (text: string): string => text.replace(/^o=.*\r?\n/m, "");
