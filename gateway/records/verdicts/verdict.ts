import type { Verdict } from "../../protocol/call-story.ts";
import type { StoryFacts } from "../facts.ts";
import { attemptRows } from "./attempt-rows.ts";
import { endingRows } from "./ending-rows.ts";
import { gatewayRows } from "./gateway-rows.ts";
import { mediaRows } from "./media-rows.ts";
import { refusalRows } from "./refusal-rows.ts";
import type { Text, VerdictRow } from "./row.ts";

/** In order of priority: the first row that fits is the verdict. What explains most stands first. */
export const verdictRows: readonly VerdictRow[] = [
  ...attemptRows,
  ...gatewayRows,
  ...refusalRows,
  ...mediaRows,
  ...endingRows,
];

/** The last row fits everything. */
export function verdictOf(facts: StoryFacts): Verdict {
  const { code, severity, title, text, advice } = verdictRows.find(({ when }) => when(facts)) as VerdictRow;
  const words = (one: Text): string => (typeof one === "string" ? one : one(facts));
  return { code, severity, title: words(title), text: words(text), advice };
}
