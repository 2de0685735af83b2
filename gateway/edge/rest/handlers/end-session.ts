import type { RestHandler } from "../ports.ts";
import { notFound } from "../rest-problem.ts";

export const endSession: RestHandler<"endSession"> = (ports, { domain }, { params }) => {
  if (!ports.endSession(domain, params.sessionId)) throw notFound("session");
};
