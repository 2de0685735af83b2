import type { RestKey } from "./ports.ts";
import { notFound } from "./rest-problem.ts";

/** A user of the key's domain, the domain in lower case. @throws RestProblem `not-found` */
export function ownUser({ domain }: RestKey, text: string): string {
  const at = text.lastIndexOf("@");
  if (text.slice(at + 1).toLowerCase() !== domain) throw notFound("user");
  return `${text.slice(0, at)}@${domain}`;
}
