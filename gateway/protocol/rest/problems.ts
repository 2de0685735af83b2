/** What a server's request can be answered with instead (RFC 9457); each has one status. */
export const problems = {
  "bad-request": { status: 400, title: "The request cannot be read, or a field has another form than it must have" },
  unauthorized: { status: 401, title: "There is no API key, or nobody knows it" },
  "not-allowed": { status: 403, title: "The key does not have the right" },
  "not-found": { status: 404, title: "There is nothing of that name in the key's domain" },
  conflict: { status: 409, title: "It is in a state that does not allow it" },
  "too-large": { status: 413, title: "It is larger than it may be" },
  "bad-target": { status: 422, title: "Somebody or something that the request names does not exist" },
  "rate-limited": { status: 429, title: "That is too much at once" },
  "server-error": { status: 500, title: "Something failed on the gateway's side" },
  unavailable: { status: 503, title: "It cannot be done right now" },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly title: string }>>;

export type ProblemCode = keyof typeof problems;

/** The body of such an answer, `application/problem+json`. */
export interface Problem {
  /** `urn:offhook:problem:CODE`. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What happened, and what to do. */
  readonly detail: string;
  readonly code: ProblemCode;
  /** The field that is wrong, as a JSON Pointer (RFC 6901) into body, query or path. */
  readonly field?: string;
}
