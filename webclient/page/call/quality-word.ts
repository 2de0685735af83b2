import type { Quality } from "../../index.ts";
import type { Words } from "../words/words.ts";

/** Quality in a word. Bounds: ITU-T G.107 Annex B, users satisfied above 4.0, many dissatisfied below 3.1. */
export function qualityWord({ mos }: Pick<Quality, "mos">): keyof Words["call"]["quality"] {
  if (mos >= 4) return "clear";
  if (mos >= 3.6) return "good";
  return mos >= 3.1 ? "fair" : "weak";
}
