import type { Clock } from "../base/clock.ts";
import { Rate } from "./rate.ts";
import type { SessionSettings } from "./session-parts.ts";

/** How often a page may look through all that was said. */
const searchesPerSecond = 2;

/** How often one session may do what costs others something. */
export interface Paces {
  readonly starts: Rate;
  readonly messages: Rate;
  readonly searches: Rate;
  readonly data: Rate;
  readonly boards: Rate;
}

type Limits = Pick<SessionSettings, "startsPerMinute" | "messagesPerMinute" | "dataPerSecond" | "drawsPerSecond">;

/** People come in bursts: a quarter of a minute at once, and what is told by the second for two of them. */
export function pacesOf(clock: Clock, limits: Limits): Paces {
  const { startsPerMinute, messagesPerMinute, dataPerSecond, drawsPerSecond } = limits;
  return {
    starts: new Rate(clock, startsPerMinute / 60, Math.max(10, startsPerMinute / 4)),
    messages: new Rate(clock, messagesPerMinute / 60, Math.max(20, messagesPerMinute / 4)),
    searches: new Rate(clock, searchesPerSecond, searchesPerSecond * 10),
    data: new Rate(clock, dataPerSecond, dataPerSecond * 2),
    boards: new Rate(clock, drawsPerSecond, drawsPerSecond * 2),
  };
}
