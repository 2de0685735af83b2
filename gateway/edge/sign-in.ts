import { Type, type Static } from "@sinclair/typebox";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "../base/log.ts";
import type { Admission, SignedIn, SignInDesk } from "../identity/sign-in-desk.ts";
import { SignInError, type SignInCode } from "../identity/sign-in-error.ts";
import type { HttpRoutes } from "./http-routes.ts";
import { judgeOrigin } from "./local.ts";
import type { SignInCookie } from "./sign-in-cookie.ts";

export interface SignInRoutesParts {
  readonly desk: SignInDesk;
  readonly cookie: SignInCookie;
  readonly log: Logger;
  /** The development sign-in. @throws SignInError `wrong-password` where there is none */
  develop(user: string, local: boolean): Promise<SignedIn>;
  /** Somebody was signed in, or was not: for metrics. */
  judged(outcome: "signed-in" | SignInCode): void;
}

const short = Type.String({ minLength: 1, maxLength: 256 });
const Body = Type.Union([
  Type.Object({ user: short, password: Type.String({ minLength: 1, maxLength: 1024 }) }),
  Type.Object({ code: Type.String({ minLength: 1, maxLength: 32 }) }),
  Type.Object({ user: short, password: Type.Optional(Type.Undefined()) }),
]);
const body = TypeCompiler.Compile(Body);

/** What waiting mends is 429 (RFC 6585 4), everything else 401. */
const tooMany: ReadonlySet<SignInCode> = new Set(["locked", "busy"]);

/** `POST /api/sign-in`, `/api/token`, `/api/sign-out`: from pages of our own origin only. */
export function signInRoutes(parts: SignInRoutesParts): HttpRoutes {
  return (app) => {
    post(app, "/api/sign-in", (request, reply) => signIn(parts, request, reply));
    post(app, "/api/token", (request, reply) => renew(parts, request, reply));
    post(app, "/api/sign-out", (request, reply) => signOut(parts, request, reply));
  };
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

function post(app: FastifyInstance, path: string, handler: Handler): void {
  app.post(path, async (request, reply) => {
    reply.header("cache-control", "no-store");
    // A page of another site may not even try: the cookie is ours, and so is the guessing.
    if (!judgeOrigin(request.raw, []).allowed)
      return reply.code(403).send({ code: "origin-refused", text: "Pages of other sites cannot sign in here." });
    return handler(request, reply);
  });
}

async function signIn(parts: SignInRoutesParts, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const asked = request.body;
  if (!body.Check(asked))
    return reply.code(400).send({ code: "bad-request", text: "Send user and password, or a code, as JSON." });
  try {
    const { admission, secret } = await proven(parts, asked, request);
    parts.log.info("signed in", { user: admission.user, by: wayOf(asked), address: request.ip });
    parts.judged("signed-in");
    parts.cookie.give(request, reply, secret);
    return reply.send(admission satisfies Admission);
  } catch (fault) {
    return refuse(parts, request, reply, fault);
  }
}

function proven(parts: SignInRoutesParts, asked: Static<typeof Body>, request: FastifyRequest): Promise<SignedIn> {
  if ("code" in asked) return parts.desk.byCode(asked.code, request.ip);
  if (asked.password !== undefined) return parts.desk.byPassword(asked.user, asked.password, request.ip);
  return parts.develop(asked.user, judgeOrigin(request.raw, []).local);
}

function wayOf(asked: Static<typeof Body>): "code" | "password" | "development" {
  if ("code" in asked) return "code";
  return asked.password === undefined ? "development" : "password";
}

async function renew(parts: SignInRoutesParts, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const secret = parts.cookie.read(request);
  try {
    const admission = await parts.desk.renew(secret);
    if (secret !== undefined) parts.cookie.give(request, reply, secret);
    return reply.send(admission satisfies Admission);
  } catch (fault) {
    if (fault instanceof SignInError) parts.cookie.take(request, reply);
    return refuse(parts, request, reply, fault);
  }
}

async function signOut(parts: SignInRoutesParts, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  parts.desk.signOut(parts.cookie.read(request));
  parts.cookie.take(request, reply);
  return reply.code(204).send();
}

/** The name that was tried is not logged: people type passwords there. */
function refuse(parts: SignInRoutesParts, { ip }: FastifyRequest, reply: FastifyReply, fault: unknown): FastifyReply {
  if (!(fault instanceof SignInError)) throw fault;
  const { code, message: text, retryAfterMs } = fault;
  if (code !== "signed-out") parts.log.warn("sign-in refused", { address: ip, code });
  parts.judged(code);
  if (retryAfterMs !== undefined) reply.header("retry-after", Math.ceil(retryAfterMs / 1000));
  return reply
    .code(tooMany.has(code) ? 429 : 401)
    .send({ code, text, ...(retryAfterMs !== undefined && { retryAfterMs }) });
}
