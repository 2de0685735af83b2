import type { MediaSection, SessionDescription } from "./description.ts";

/** RFC 4566 6: who sends, as the writer of the description sees it. */
export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

const directions: readonly Direction[] = ["sendrecv", "sendonly", "recvonly", "inactive"];

const isDirection = (line: string): boolean => directions.some((direction) => line === `a=${direction}`);

/** The section's own direction, else the session's, else sendrecv; a refused section is inactive. */
export function directionOf(section: MediaSection, session: readonly string[] = []): Direction {
  if (section.port === 0) return "inactive";
  const line = section.lines.find(isDirection) ?? session.find(isDirection);
  const written = directions.find((direction) => line === `a=${direction}`) ?? "sendrecv";
  return held(section, session) ? withoutReceiving[written] : written;
}

/** RFC 3264 8.4: the old way of putting on hold, an address of 0.0.0.0 (not with ICE, where it says nothing). */
function held(section: MediaSection, session: readonly string[]): boolean {
  const lines = [...section.lines, ...session];
  if (lines.some((line) => line.startsWith("a=ice-ufrag:"))) return false;
  return lines.find((line) => line.startsWith("c="))?.startsWith("c=IN IP4 0.0.0.0") ?? false;
}

const withoutReceiving: Record<Direction, Direction> = {
  sendrecv: "sendonly",
  sendonly: "sendonly",
  recvonly: "inactive",
  inactive: "inactive",
};

/** The direction that the other end of the same description has. */
export const reversed: Record<Direction, Direction> = {
  sendrecv: "sendrecv",
  sendonly: "recvonly",
  recvonly: "sendonly",
  inactive: "inactive",
};

export const sends = (direction: Direction): boolean => direction === "sendrecv" || direction === "sendonly";
export const receives = (direction: Direction): boolean => direction === "sendrecv" || direction === "recvonly";

/** RFC 3264 6.1: the widest answer to an offered direction that wants no more than `wanted`. */
export function answerTo(offered: Direction, wanted: Direction = "sendrecv"): Direction {
  const allowed = reversed[offered];
  return directionFrom(sends(allowed) && sends(wanted), receives(allowed) && receives(wanted));
}

/** The same description with every section that is in use in `direction`. */
export function withDirection(description: SessionDescription, direction: Direction): SessionDescription {
  const media = description.media.map((section) => ({
    ...section,
    lines: [...section.lines.filter((line) => !isDirection(line)), `a=${direction}`],
  }));
  return { session: description.session.filter((line) => !isDirection(line)), media };
}

function directionFrom(send: boolean, receive: boolean): Direction {
  if (send) return receive ? "sendrecv" : "sendonly";
  return receive ? "recvonly" : "inactive";
}
