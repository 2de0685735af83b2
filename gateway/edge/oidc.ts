import type { FastifyReply, FastifyRequest } from "fastify";
import { messageOf } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { OidcDesk } from "../identity/oidc-desk.ts";
import { SignInError, type SignInCode } from "../identity/sign-in-error.ts";
import { printCookie, readCookie } from "./cookies.ts";
import type { HttpRoutes } from "./http-routes.ts";
import { isSecure, publicOrigin } from "./public-address.ts";
import type { SignInCookie } from "./sign-in-cookie.ts";

export interface OidcRoutesParts {
  readonly desk: OidcDesk;
  readonly cookie: SignInCookie;
  readonly log: Logger;
  readonly publicUrl: string | undefined;
  judged(outcome: "signed-in" | SignInCode): void;
}

type Request = FastifyRequest<{ Params: { id: string } }>;

const ticket = "offhook-oidc";
const path = "/auth/oidc";

/** `GET /auth/oidc/:id` sends the browser to its provider, `/auth/oidc/:id/callback` takes it back. */
export function oidcRoutes(parts: OidcRoutesParts): HttpRoutes {
  return (app) => {
    app.get(`${path}/:id`, (request: Request, reply) => away(parts, request, reply));
    app.get(`${path}/:id/callback`, (request: Request, reply) => back(parts, request, reply));
  };
}

async function away(parts: OidcRoutesParts, request: Request, reply: FastifyReply): Promise<FastifyReply> {
  const { desk, publicUrl } = parts;
  try {
    const begun = await desk.begin(request.params.id, callbackUrl(request, publicUrl));
    if (!begun) return reply.code(404).send({ code: "not-found", text: "There is no such sign-in provider." });
    keepTicket(parts, request, reply, begun.sealed, desk.ticketLife);
    return redirect(reply, begun.url);
  } catch (fault) {
    return refuse(parts, request, reply, fault);
  }
}

async function back(parts: OidcRoutesParts, request: Request, reply: FastifyReply): Promise<FastifyReply> {
  const { desk, cookie, log, publicUrl } = parts;
  const callback = new URL(callbackUrl(request, publicUrl));
  callback.search = request.url.includes("?") ? request.url.slice(request.url.indexOf("?")) : "";
  keepTicket(parts, request, reply, "", 0);
  try {
    const sealed = readCookie(request, ticket);
    const { admission, secret } = await desk.finish(request.params.id, callback, sealed, request.ip);
    log.info("signed in", { user: admission.user, by: request.params.id, address: request.ip });
    parts.judged("signed-in");
    cookie.give(request, reply, secret);
    return redirect(reply, "/");
  } catch (fault) {
    return refuse(parts, request, reply, fault);
  }
}

function refuse(parts: OidcRoutesParts, request: Request, reply: FastifyReply, fault: unknown): FastifyReply {
  if (!(fault instanceof SignInError)) throw fault;
  const { id } = request.params;
  const why = fault.cause === undefined ? fault.code : messageOf(fault.cause);
  parts.log.warn("sign-in refused", { address: request.ip, provider: id, code: fault.code, why });
  parts.judged(fault.code);
  return redirect(reply, `/#sign-in=${fault.code}`);
}

function callbackUrl(request: Request, publicUrl: string | undefined): string {
  return `${publicOrigin(request, publicUrl)}${path}/${request.params.id}/callback`;
}

function keepTicket(
  { publicUrl }: OidcRoutesParts,
  request: Request,
  reply: FastifyReply,
  sealed: string,
  life: number,
): void {
  reply.header("set-cookie", printCookie(ticket, sealed, { path, life, secure: isSecure(request, publicUrl) }));
}

function redirect(reply: FastifyReply, to: string): FastifyReply {
  return reply.header("cache-control", "no-store").redirect(to, 303);
}
