import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { CallList, CallStory } from "../protocol/call-story.ts";
import type { HttpRoutes } from "./http-routes.ts";
import { includesRole, type Authorize, type Principal } from "./principal.ts";

/** Where stories come from. `masked`: telephone numbers are covered. */
export interface CallStorySource {
  list(query: { readonly limit: number; readonly before?: string; readonly masked: boolean }): CallList;
  read(reference: string, masked: boolean): Promise<CallStory | undefined>;
  pcap(reference: string, masked: boolean): Promise<Uint8Array | undefined>;
}

const defaultLimit = 50;
const maxLimit = 200;
const pcapType = "application/x-pcapng";

type Handler = (request: FastifyRequest, reply: FastifyReply, who: Principal) => unknown;

/** `GET /api/calls`, `/api/calls/REFERENCE`, `/api/calls/REFERENCE/pcap`: for support, with masked numbers, and operators. */
export function callStoryRoutes(stories: CallStorySource, authorize: Authorize): HttpRoutes {
  return (app) => {
    const get = (path: string, handler: Handler): void => forSupport(app, path, authorize, handler);
    get("/api/calls", (request, _reply, who) => stories.list({ ...pageOf(request), masked: isMasked(who) }));
    get("/api/calls/:reference", async (request, reply, who) => {
      return (await stories.read(referenceOf(request), isMasked(who))) ?? unknown(reply);
    });
    get("/api/calls/:reference/pcap", async (request, reply, who) => {
      const reference = referenceOf(request);
      const file = await stories.pcap(reference, isMasked(who));
      if (!file) return unknown(reply);
      reply.type(pcapType).header("content-disposition", `attachment; filename="call-${reference}.pcapng"`);
      return Buffer.from(file);
    });
  };
}

/** Support tells calls apart and calls nobody; an operator sees whole numbers. */
const isMasked = ({ role }: Principal): boolean => !includesRole(role, "operator");

function forSupport(app: FastifyInstance, path: string, authorize: Authorize, handler: Handler): void {
  app.get(path, async (request, reply) => {
    reply.header("cache-control", "no-store");
    const who = await authorize(request);
    if (!who) return reply.code(401).send({ code: "signed-out", text: "Sign in to read call stories." });
    if (!includesRole(who.role, "support"))
      return reply.code(403).send({ code: "not-allowed", text: "Call stories are for support and operators." });
    return handler(request, reply, who);
  });
}

const unknown = (reply: FastifyReply): FastifyReply =>
  reply.code(404).send({ code: "unknown-call", text: "No call with this reference is kept." });

/** As people type it: small letters, blanks between. */
const referenceOf = ({ params }: FastifyRequest): string =>
  (params as { reference: string }).reference.replace(/\s/g, "").toUpperCase().slice(0, 12);

function pageOf({ query }: FastifyRequest): { limit: number; before?: string } {
  const { limit, before } = query as Record<string, unknown>;
  const asked = Number(limit ?? defaultLimit);
  return {
    limit: Number.isInteger(asked) && asked > 0 ? Math.min(asked, maxLimit) : defaultLimit,
    ...(typeof before === "string" && { before: before.replace(/\s/g, "").toUpperCase().slice(0, 12) }),
  };
}
