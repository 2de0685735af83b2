import { isRecord, parseJson } from "../../base/json.ts";
import { StoreError } from "../store-error.ts";

/** The form of what is written. A release reads its own form and the one before, and writes what both can read. */
export const schema = 1;

/** A value as text that says which form it has. */
export const pack = (value: unknown): string => JSON.stringify({ schema, value });

const isPacked = (stored: unknown): stored is { readonly schema: number; readonly value: unknown } =>
  isRecord(stored) && typeof stored["schema"] === "number";

/** @throws JsonError when it is no value of ours; StoreError `newer` when only a newer release can read it */
export function unpack<T>(text: string, check: (value: unknown) => value is T): T {
  const isOurs = (stored: unknown): stored is { readonly value: T } => isPacked(stored) && check(stored.value);
  if (parseJson(text, isPacked).schema > schema) throw new StoreError("newer", "a newer release has written it");
  return parseJson(text, isOurs).value;
}
