import type { Description } from "../call/leg.ts";
import type { FrameFact } from "../call/wire.ts";
import type { ClientFrameOf } from "../protocol/client-frame.ts";
import type { ServerEvent } from "../protocol/server-frame.ts";

/** What a page says of its media in `call.report`. */
export type CallReport = Pick<ClientFrameOf<"call.report">, "problem" | "pair" | "quality">;

type Fields = FrameFact["fields"];

/** What of an event tells something about the call; who is called, what was typed and what was sent along does not. */
const told: readonly string[] = ["reference", "by", "reason", "text", "sip", "q850", "durationMs", "remote"];

export function frameFact(
  direction: FrameFact["direction"],
  type: string,
  fields: Fields = {},
  description?: Description,
): FrameFact {
  return { protocol: "frame", direction, type, fields, ...(description && { description }) };
}

export function eventFact(event: ServerEvent): FrameFact {
  const values = Object.entries(event).filter(([name, value]) => told.includes(name) && typeof value !== "object");
  const description = "description" in event ? event.description : undefined;
  return frameFact("out", event.type, Object.fromEntries(values), description);
}

export function reportFields({ problem, pair, quality }: CallReport): Fields {
  return {
    ...(problem && { problem: problem.code, ...(problem.detail !== undefined && { detail: problem.detail }) }),
    ...pair,
    ...quality,
  };
}
