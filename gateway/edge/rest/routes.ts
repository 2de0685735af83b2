import type { FastifyError, FastifyInstance, FastifyRequest } from "fastify";
import type { Clock } from "../../base/clock.ts";
import { messageOf } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import type { ApiKeys } from "../../identity/api-keys.ts";
import type { Operation } from "../../protocol/rest/operation.ts";
import { operations, type OperationId } from "../../protocol/rest/operations.ts";
import { Rate } from "../../session/rate.ts";
import type { HttpRoutes } from "../http-routes.ts";
import { restHandlers } from "./handlers/index.ts";
import { inputOf } from "./input.ts";
import type { RestHandler, RestKey, RestPorts } from "./ports.ts";
import { RestProblem, sendProblem } from "./rest-problem.ts";

export interface RestRoutesParts {
  readonly keys: ApiKeys<RestKey>;
  readonly ports: RestPorts;
  readonly clock: Clock;
  readonly log: Logger;
  /** An operation, or a request for none (`unknown`), was answered with that status: for metrics. */
  asked(operation: OperationId | "unknown", status: number): void;
}

/** Below it are the operations. */
export const restPrefix = "/api/v1";

/** `/api/v1/…`: the gateway for other servers, by API key. What is asked for runs as if a page asked for it. */
export function restRoutes(parts: RestRoutesParts): HttpRoutes {
  return (app) => {
    void app.register(async (rest) => new Rest(parts).serve(rest), { prefix: restPrefix });
  };
}

class Rest {
  readonly #parts: RestRoutesParts;
  readonly #rates = new Map<RestKey, Rate>();
  /** Who asks; known before a body is read. */
  readonly #askers = new WeakMap<FastifyRequest, RestKey>();

  constructor(parts: RestRoutesParts) {
    this.#parts = parts;
  }

  serve(app: FastifyInstance): void {
    app.addHook("onRequest", async (request, reply) => {
      reply.header("cache-control", "no-store");
      this.#admit(request);
    });
    app.addHook("onResponse", async (request, { statusCode }) => this.#answered(request, statusCode));
    app.setErrorHandler((fault: FastifyError | RestProblem, request, reply) =>
      sendProblem(reply, this.#problemOf(fault, request)),
    );
    // A route like any other, since the files of the page take what no route takes.
    app.all("/*", async () => {
      throw new RestProblem("not-found", "There is no such operation.");
    });
    for (const id of Object.keys(operations) as OperationId[]) this.#route(app, id);
  }

  #route(app: FastifyInstance, id: OperationId): void {
    const operation: Operation = operations[id];
    const read = inputOf(operation);
    const handle = restHandlers[id] as RestHandler<never>;
    app.route({
      method: operation.method,
      url: operation.path.replace(/\{(\w+)\}/g, ":$1"),
      config: { operation: id },
      handler: async (request, reply) => {
        const key = this.#withRight(request, operation);
        const answer: unknown = await handle(this.#parts.ports, key, read(request) as never);
        return reply.code(operation.status).send(answer);
      },
    });
  }

  /** RFC 6750 2.1. @throws RestProblem `unauthorized`, `rate-limited` */
  #admit(request: FastifyRequest): void {
    const text = /^Bearer +([\w.~+/-]+=*)$/i.exec(request.headers.authorization ?? "")?.[1];
    const key = text === undefined ? undefined : this.#parts.keys.find(text);
    if (!key) throw new RestProblem("unauthorized", "Send an API key that is configured as Authorization: Bearer KEY.");
    this.#askers.set(request, key);
    const rate = this.#rateOf(key);
    if (rate.take()) return;
    const { retryAfterMs } = rate;
    throw new RestProblem("rate-limited", `The key has ${key.perMinute} requests a minute.`, { retryAfterMs });
  }

  #rateOf(key: RestKey): Rate {
    let rate = this.#rates.get(key);
    if (!rate) {
      rate = new Rate(this.#parts.clock, key.perMinute / 60, Math.max(1, key.perMinute / 4));
      this.#rates.set(key, rate);
    }
    return rate;
  }

  #withRight(request: FastifyRequest, { right }: Operation): RestKey {
    const key = this.#askers.get(request);
    if (key?.rights.includes(right)) return key;
    throw new RestProblem("not-allowed", `The key does not have the right ${right}.`);
  }

  /** What went wrong inside is nobody's business but the log's. */
  #problemOf(fault: FastifyError | RestProblem, request: FastifyRequest): RestProblem {
    if (fault instanceof RestProblem) return fault;
    const status = fault.statusCode ?? 500;
    if (status === 413) return new RestProblem("too-large", "The body is too large.");
    if (status < 500) return new RestProblem("bad-request", "The request cannot be read: send JSON.");
    this.#parts.log.error("request failed", { route: request.routeOptions.url, fault: messageOf(fault) });
    return new RestProblem("server-error", "Something failed on the gateway's side. Try again.");
  }

  #answered(request: FastifyRequest, status: number): void {
    const { operation = "unknown" } = request.routeOptions.config as { operation?: OperationId };
    this.#parts.asked(operation, status);
    const key = this.#askers.get(request)?.id;
    if (key === undefined) this.#parts.log.warn("API key refused", { address: request.ip });
    else if (request.method !== "GET") this.#parts.log.info("asked by a server", { key, operation, status });
  }
}
