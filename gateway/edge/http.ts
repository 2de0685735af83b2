import { existsSync } from "node:fs";
import { createServer, STATUS_CODES, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import fastifyStatic from "@fastify/static";
import { fastify, type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { messageOf } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { limits } from "../protocol/version.ts";
import { isLoopback, judgeOrigin } from "./local.ts";
import type { HttpRoutes } from "./http-routes.ts";
import { guardPlainHttp, isTrustworthy, type HttpsOptions } from "./plain-http.ts";
import { redirectTo } from "./redirect.ts";
import { createTlsServer, type TlsKeys, type TlsServer } from "./tls-server.ts";
import { securityHeaders, type SecurityOptions } from "./security-headers.ts";
import type { WebSocketEdge } from "./websocket.ts";

/** What the page is told before anybody signs in. */
export interface Welcome {
  readonly product: string;
  readonly version: string;
  /** Accounts that sign in without a password; null when that is off or the page is not on this machine. */
  readonly development: { readonly users: readonly { readonly user: string; readonly name: string }[] } | null;
  readonly testNumbers: readonly { readonly number: string; readonly text: string }[];
  readonly phones: readonly { readonly user: string; readonly server: string }[];
  /** Ways to sign in here. */
  readonly signIn: {
    readonly password: boolean;
    /** Each by `/auth/oidc/ID`. */
    readonly oidc: readonly { readonly id: string; readonly name: string }[];
    /** One-time codes are given out. */
    readonly code: boolean;
  };
  /** What works now. */
  readonly state: Health;
  /** The https address to open instead, where this page came without TLS and so gets no microphone; else null. */
  readonly secureAddress: string | null;
}

export interface Health {
  readonly sip: boolean;
  readonly media: boolean;
  /** The node goes: pages are to be sent to another one. */
  readonly draining?: true;
}

export interface HttpEdgeOptions extends SecurityOptions {
  readonly host: string;
  readonly port: number;
  readonly https?: HttpsOptions | undefined;
  /** Folder of the built page. */
  readonly pageDir: string;
  readonly origins: readonly string[];
  /** Within this time a connection must have sent a whole request: milliseconds. */
  readonly signInTimeout: number;
  readonly sockets: WebSocketEdge;
  readonly log: Logger;
  welcome(local: boolean): Omit<Welcome, "state" | "secureAddress">;
  health(): Health;
  metrics(): Promise<string>;
  /** What other parts serve under paths of their own. */
  readonly routes: readonly HttpRoutes[];
}

/** Page, API and the upgrade to WebSocket on one port. */
export class HttpEdge {
  readonly #app: FastifyInstance;
  readonly #options: HttpEdgeOptions;
  #closing: Promise<void> | undefined;

  private constructor(app: FastifyInstance, options: HttpEdgeOptions) {
    this.#app = app;
    this.#options = options;
  }

  /** Rejects with the system's error (`EADDRINUSE` and the like) when it cannot listen. */
  static async listen(options: HttpEdgeOptions): Promise<HttpEdge> {
    const app = fastify({
      logger: false,
      bodyLimit: 65_536,
      forceCloseConnections: true,
      routerOptions: { maxParamLength: limits.address },
      serverFactory: (handler) => createEdgeServer(options, handler as RequestListener),
    });
    app.setErrorHandler((fault: FastifyError, request, reply) => answerFault(options.log, fault, request, reply));
    const edge = new HttpEdge(app, options);
    edge.#routes();
    app.server.on("upgrade", (request, socket, head) => {
      socket.on("error", () => socket.destroy());
      if (options.https && !isTrustworthy(request)) return turnAway(socket, 403);
      if (request.url?.split("?")[0] === "/ws") return options.sockets.upgrade(request, socket, head);
      turnAway(socket, 404);
    });
    await app.listen({ host: options.host, port: options.port });
    return edge;
  }

  get port(): number {
    return (this.#app.server.address() as AddressInfo).port;
  }

  /** New connections get these keys; those that are open stay. Only with `https`. */
  renew(keys: TlsKeys): void {
    (this.#app.server as Server & Partial<TlsServer>).setSecureContext?.(keys);
  }

  /** Takes no connection any more; resolves when the last has gone, WebSockets too. */
  close(): Promise<void> {
    return (this.#closing ??= this.#app.close());
  }

  #routes(): void {
    const { welcome, health, metrics, origins, pageDir, https } = this.#options;
    if (https) guardPlainHttp(https)(this.#app);
    this.#app.addHook("onSend", async (request, reply) => {
      const own = reply.getHeader("content-security-policy");
      reply.headers(securityHeaders(request, this.#options));
      // What a route forbids beyond that stays forbidden.
      if (own !== undefined) reply.header("content-security-policy", own);
    });
    this.#app.get("/api/welcome", async (request) => ({
      ...welcome(judgeOrigin(request.raw, origins).local),
      state: health(),
      secureAddress: https && !isTrustworthy(request.raw) ? https.secureOrigin(request.headers.host) : null,
    }));
    this.#app.get("/health", async (_request, reply) => {
      const now = health();
      return reply.code(now.sip && now.media && !now.draining ? 200 : 503).send(now);
    });
    this.#app.get("/metrics", async (request, reply) => {
      // Figures are for whoever runs the gateway; a proxy in front decides who else sees them.
      if (!isLoopback(request.socket.remoteAddress ?? "")) return reply.code(403).send({ code: "not-allowed" });
      return reply.type("text/plain; version=0.0.4").send(await metrics());
    });
    for (const add of this.#options.routes) add(this.#app);
    if (existsSync(pageDir))
      void this.#app.register(fastifyStatic, {
        root: pageDir,
        maxAge: "1h",
        setHeaders: (reply, path) => void (path.endsWith(".html") && reply.header("cache-control", "no-cache")),
      });
    else
      this.#app.get("/", async (_request, reply) =>
        reply.code(503).type("text/plain").send("The page is not built. Run: npm run build\n"),
      );
  }
}

/** What went wrong inside is nobody's business but the log's. */
function answerFault(log: Logger, fault: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const status = fault.statusCode ?? 500;
  if (status < 500) return reply.code(status).send({ code: "bad-request", text: "The request cannot be read." });
  log.error("request failed", { route: request.routeOptions.url, fault: messageOf(fault) });
  return reply.code(500).send({ code: "server-error", text: "Something failed on our side. Try again." });
}

function createEdgeServer({ https, signInTimeout: requestTimeout }: HttpEdgeOptions, serve: RequestListener): Server {
  const timeouts = {
    requestTimeout,
    headersTimeout: requestTimeout,
    connectionsCheckingInterval: Math.ceil(requestTimeout / 4),
  };
  if (!https) return createServer(timeouts, serve);
  const plain: RequestListener = (request, response) => {
    if (https.plain === "page" || isTrustworthy(request)) return serve(request, response);
    redirectTo(https.secureOrigin(request.headers.host))(request, response);
  };
  return createTlsServer({ ...timeouts, keys: https.keys, secure: serve, plain });
}

function turnAway(socket: Duplex, status: 403 | 404): void {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n`);
}
