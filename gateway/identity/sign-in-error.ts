import { CodedError } from "../base/errors.ts";

/** Why nobody was signed in, and the text that says what to do. An unknown user is a wrong password: nobody learns who exists. */
const texts = {
  "wrong-password": "Name or password is wrong. Check both and try again.",
  "code-unknown": "This code is not known here. Check how it is written.",
  "code-used": "This code has been used. Ask for a new one.",
  "code-expired": "This code has expired. Ask for a new one.",
  locked: "There were too many wrong tries. Wait a moment, then try again.",
  busy: "Too many people sign in right now. Try again in a moment.",
  "signed-out": "You are signed out. Sign in again.",
  "oidc-refused": "The sign-in at your provider did not succeed. Try again.",
  "oidc-unavailable": "The sign-in provider does not answer. Try again later.",
  "not-invited": "You are signed in at your provider, but have no account here. Ask whoever runs this gateway.",
} as const;

export type SignInCode = keyof typeof texts;

export class SignInError extends CodedError<SignInCode> {
  /** When another try makes sense: milliseconds from now. */
  readonly retryAfterMs: number | undefined;

  constructor(code: SignInCode, details: { retryAfterMs?: number; cause?: unknown } = {}) {
    super(code, texts[code], "cause" in details ? { cause: details.cause } : undefined);
    this.retryAfterMs = details.retryAfterMs;
  }
}
