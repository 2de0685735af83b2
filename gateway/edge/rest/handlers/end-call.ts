import type { RestHandler } from "../ports.ts";
import { notFound } from "../rest-problem.ts";

export const endCall: RestHandler<"endCall"> = (ports, { domain }, { params }) => {
  if (!ports.endCall(domain, params.reference.toUpperCase())) throw notFound("call");
};
