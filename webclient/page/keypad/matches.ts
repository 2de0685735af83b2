import { addressOf } from "../../target.ts";
import type { Person } from "../model/people.ts";
import { fitsText, spells } from "../numbers/key-letters.ts";

const shown = 3;

/** Who is meant by what stands in the dial field: a name, a part of a number, or a name on the keys. */
export function matchesOf(dialled: string, people: readonly Person[]): readonly Person[] {
  const typed = dialled.trim();
  if (typed.length < 2) return [];
  const digits = /^\+?[\d*#]+$/.test(typed);
  const fits = ({ name, lines }: Person): boolean => {
    const addresses = lines.map(({ target }) => addressOf(target));
    if (!digits) return fitsText(typed, [name], addresses);
    return spells(typed, name) || lines.some(({ target }) => "tel" in target && target.tel.includes(typed));
  };
  return people.filter(fits).slice(0, shown);
}
