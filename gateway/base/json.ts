import { CodedError } from "./errors.ts";

/** Text that is not JSON (`not-json`) or JSON of another form (`not-valid`). */
export class JsonError extends CodedError<"not-json" | "not-valid"> {}

/** A value that JSON can carry. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * Parses `text` and lets only what `check` accepts through.
 * @throws JsonError `not-json` | `not-valid`
 */
export function parseJson<T>(text: string, check: (value: unknown) => value is T): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new JsonError("not-json", "the text is not JSON");
  }
  if (!check(value)) throw new JsonError("not-valid", "the JSON has another form than expected");
  return value;
}

/** True for a plain JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
