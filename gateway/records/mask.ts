import { isIP } from "node:net";
import type { Json } from "../base/json.ts";

/** Digits of a number that stay: enough to tell two apart on the telephone, too few to call. */
const kept = { first: 3, last: 2 };

/** What stands as a telephone number in an address: at least six digits, with separators and a plus. */
const inAddress = /(?:sips?:|tel:)(\+?\d[\d().-]{4,}\d)(?=[@;>?,\s"]|$)/gi;
const alone = /^\+?\d[\d\s().-]{4,}\d$/;

/** Text in which the digits of these numbers are covered. */
export function masked(number: string): string {
  const digits = number.replace(/\D/g, "").length;
  let seen = 0;
  return number.replace(/\d/g, (digit) => {
    seen += 1;
    return seen <= kept.first || seen > digits - kept.last ? digit : "•";
  });
}

/** Covers all telephone numbers of a value: those of its addresses, wherever else they stand too. */
export function withMaskedNumbers<T>(value: T): T {
  const numbers = new Set<string>();
  each(value as Json, (text) => {
    for (const [, number] of text.matchAll(inAddress)) if (number && isIP(number) === 0) numbers.add(number);
    if (alone.test(text) && isIP(text) === 0) numbers.add(text);
  });
  const all = [...numbers].flatMap((number) => [number, number.replace(/^\+/, "")]).sort((a, b) => b.length - a.length);
  if (all.length === 0) return value;
  const pattern = new RegExp(all.map((one) => one.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|"), "g");
  return mapped(value as Json, (text) => text.replace(pattern, masked)) as T;
}

function each(value: Json, visit: (text: string) => void): void {
  if (typeof value === "string") visit(value);
  else if (typeof value === "object" && value !== null) for (const part of Object.values(value)) each(part, visit);
}

function mapped(value: Json, change: (text: string) => string): Json {
  if (typeof value === "string") return change(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((part: Json) => mapped(part, change));
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, mapped(part as Json, change)]));
}
