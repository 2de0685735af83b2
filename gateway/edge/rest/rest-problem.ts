import type { FastifyReply } from "fastify";
import { CodedError } from "../../base/errors.ts";
import type { Refusal } from "../../protocol/server-frame.ts";
import { problems, type Problem, type ProblemCode } from "../../protocol/rest/problems.ts";

/** Why a server does not get what it asked for; the message says so to it. */
export class RestProblem extends CodedError<ProblemCode> {
  readonly field: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ProblemCode,
    detail: string,
    { field, retryAfterMs }: { readonly field?: string; readonly retryAfterMs?: number } = {},
  ) {
    super(code, detail);
    this.field = field;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Somebody else's is answered like what never was. */
export const notFound = (what: string): RestProblem =>
  new RestProblem("not-found", `There is no such ${what} in the key's domain.`);

/** What a page is refused with, in our words. */
const ofRefusal: Partial<Record<Refusal["code"], ProblemCode>> = {
  "bad-frame": "bad-request",
  "too-large": "too-large",
  "bad-target": "bad-target",
  "not-allowed": "conflict",
  "wrong-state": "conflict",
  unavailable: "unavailable",
  overload: "unavailable",
};

export function problemOf({ code, text }: Refusal): RestProblem {
  return new RestProblem(ofRefusal[code] ?? "server-error", text);
}

/** RFC 9457 3. */
export function sendProblem(reply: FastifyReply, { code, message, field, retryAfterMs }: RestProblem): FastifyReply {
  const { status, title } = problems[code];
  if (status === 401) reply.header("www-authenticate", "Bearer");
  if (retryAfterMs !== undefined) reply.header("retry-after", Math.ceil(retryAfterMs / 1000));
  const body: Problem = {
    type: `urn:offhook:problem:${code}`,
    title,
    status,
    detail: message,
    code,
    ...(field !== undefined && { field }),
  };
  return reply.code(status).type("application/problem+json").send(body);
}
