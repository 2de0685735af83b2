import { CodedError } from "../gateway/base/errors.ts";
import type { Refusal } from "../gateway/protocol/server-frame.ts";
import type { RefusalCode } from "../gateway/protocol/causes.ts";
import { wordsOf, type ErrorCode, type ErrorDetail, type Retry } from "./error-kinds.ts";

export { errorCodes, type ErrorCode, type ErrorDetail, type Retry } from "./error-kinds.ts";

export interface ErrorParts {
  readonly detail?: ErrorDetail | undefined;
  readonly text?: string | undefined;
  readonly hint?: string;
  readonly retry?: Retry;
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** What every rejected promise and every `problem` of the library is: a code to switch over, and what to do next. */
export class ClientError extends CodedError<ErrorCode> {
  /** What the developer or the user can do about it, in English. */
  readonly hint: string;
  /** Whether trying again can help, and when. */
  readonly retry: Retry;
  /** When trying again can help, in milliseconds from now, where the gateway says so. */
  readonly retryAfterMs?: number;
  /** What lies behind the code, when that is known: `text`, `hint` and `docs` then say it more exactly. */
  readonly detail?: ErrorDetail;
  /** Where the code is explained, relative to the package. */
  readonly docs: string;

  constructor(code: ErrorCode, { detail, text, hint, retry, retryAfterMs, ...rest }: ErrorParts = {}) {
    const words = wordsOf(code, detail);
    super(code, text ?? words.text, "cause" in rest ? { cause: rest.cause } : undefined);
    this.name = "ClientError";
    this.hint = hint ?? words.hint;
    this.retry = retry ?? words.retry;
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs;
    if (detail) this.detail = detail;
    this.docs = `ERRORS.md#${detail ? `${code}-${detail}` : code}`;
  }
}

/** What a refusal of the gateway is called here. */
const refusals: Record<RefusalCode, ErrorCode> = {
  "bad-frame": "unsupported",
  "too-large": "unsupported",
  "not-signed-in": "unreachable",
  "token-expired": "token-expired",
  "token-refused": "token-refused",
  "origin-refused": "origin-refused",
  "not-allowed": "not-allowed",
  "bad-target": "bad-target",
  "bad-description": "unsupported",
  "unknown-session": "unreachable",
  "unknown-call": "aborted",
  "wrong-state": "aborted",
  unavailable: "unavailable",
  "rate-limited": "rate-limited",
  unsupported: "unsupported",
  overload: "rate-limited",
  "server-error": "unreachable",
};

/** A refusal that brings `retryAfterMs` can be repeated, whatever its code says otherwise. */
export function refusalError({ code, text, retryAfterMs }: Refusal): ClientError {
  return new ClientError(refusals[code] ?? "unsupported", {
    text,
    cause: code,
    ...(code === "too-large" && { detail: "too-large" }),
    ...(retryAfterMs === undefined ? {} : { retry: "later", retryAfterMs }),
  });
}

/** The gateway has no such session any more. */
export function isUnknownSession(thrown: unknown): boolean {
  return thrown instanceof ClientError && thrown.cause === ("unknown-session" satisfies RefusalCode);
}

/** `thrown` as it is when it is one of ours, else wrapped under `code`. */
export function asClientError(thrown: unknown, code: ErrorCode): ClientError {
  return thrown instanceof ClientError ? thrown : new ClientError(code, { cause: thrown });
}
