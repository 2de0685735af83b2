import { StoreError } from "../directory/store-error.ts";
import type { Answer } from "../protocol/server-frame.ts";
import { refused } from "./handlers/answers.ts";

/** After so long what the store did not do is tried again. */
export const storeRetryMs = 2_000;
const storeWords: Readonly<Record<StoreError["code"], string>> = {
  away: "What is kept cannot be reached just now. Try again in a moment.",
  full: "There is no room to keep more. Nothing was changed.",
  newer: "A newer release of the gateway has written this, and this one has to leave it as it is.",
};

/** The answer to a request whose handler failed: internals stay inside. */
export function answerToFault(re: string, fault: unknown): Answer {
  if (fault instanceof StoreError) return refused(re, "overload", storeWords[fault.code], storeRetryMs);
  return refused(re, "server-error", "Something failed on our side. Try again.");
}
