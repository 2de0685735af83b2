import type { RestHandler } from "../ports.ts";
import { notFound } from "../rest-problem.ts";

export const endCall: RestHandler<"endCall"> = async (ports, { domain }, { params }) => {
  if (!(await ports.endCall(domain, params.reference.toUpperCase()))) throw notFound("call");
};
