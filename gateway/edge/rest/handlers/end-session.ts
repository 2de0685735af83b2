import type { RestHandler } from "../ports.ts";
import { notFound } from "../rest-problem.ts";

export const endSession: RestHandler<"endSession"> = async (ports, { domain }, { params }) => {
  if (!(await ports.endSession(domain, params.sessionId))) throw notFound("session");
};
