import type { RestHandler } from "../ports.ts";

export const listCalls: RestHandler<"listCalls"> = (ports, { domain }) => ({ calls: ports.calls(domain) });
