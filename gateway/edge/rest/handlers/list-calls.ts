import type { RestHandler } from "../ports.ts";

export const listCalls: RestHandler<"listCalls"> = async (ports, { domain }) => ({ calls: await ports.calls(domain) });
