import { isRecord, parseJson } from "../../base/json.ts";

/** The form of what is written. A release reads its own form and the one before, and writes what both can read. */
export const schema = 1;

/** A value as text that says which form it has. */
export const pack = (value: unknown): string => JSON.stringify({ schema, value });

/** @throws JsonError when it is no value of ours, or one that only a newer release can read */
export function unpack<T>(text: string, check: (value: unknown) => value is T): T {
  const isOurs = (stored: unknown): stored is { readonly value: T } =>
    isRecord(stored) && Number(stored["schema"]) <= schema && check(stored["value"]);
  return parseJson(text, isOurs).value;
}
