import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { randomToken } from "../base/ids.ts";
import { limits } from "../protocol/version.ts";
import type { HttpRoutes } from "./http-routes.ts";
import { judgeOrigin } from "./local.ts";
import { PollConnection } from "./poll-connection.ts";
import type { EdgeOptions } from "./websocket.ts";

/** Frames of one `/poll/send`. */
const maxFrames = 64;

/**
 * Connections of browsers that cannot use WebSocket: the same frames, a line each, in the bodies of requests.
 *
 *     POST /poll/open      nothing                 → 200 ID
 *     POST /poll/receive   ID and a count          → 200 frames, as soon as there are any; 410 CODE when it is closed
 *     POST /poll/send      ID and frames           → 204
 *     POST /poll/close     ID and a close code     → 204
 *
 * The ID is the secret of one connection and so never stands in an address. A request that fails is a lost connection:
 * `session.resume` brings what it carried. Bodies are `text/plain`, which pages of other origins may send without
 * asking first (Fetch 3.2.2); who they are is judged by `Origin`, as for WebSocket.
 */
export class PollingEdge {
  readonly #options: EdgeOptions;
  readonly #open = new Map<string, PollConnection>();
  #full = false;

  constructor(options: EdgeOptions) {
    this.#options = options;
  }

  /** Open connections: back to 0 when every page is closed. */
  get connections(): number {
    return this.#open.size;
  }

  readonly routes: HttpRoutes = (app) => {
    this.#post(app, "open", (request, reply) => this.#connect(request, reply));
    this.#post(app, "receive", async (request, reply) => {
      const [connection, [turn]] = this.#read(request);
      const received = connection?.receive(Number(turn), onAbort(reply));
      const { frames, closed } = (await received) ?? { frames: "", closed: 1006 };
      return closed === undefined ? reply.type("text/plain").send(frames) : reply.code(410).send(String(closed));
    });
    this.#post(app, "send", async (request, reply) => {
      const [connection, frames] = this.#read(request);
      if (!connection) return reply.code(410).send("1006");
      if (frames.length > maxFrames) return reply.code(400).send("too many frames");
      for (const frame of frames) connection.frame(frame);
      return reply.code(204).send();
    });
    this.#post(app, "close", async (request, reply) => {
      const [connection, [code]] = this.#read(request);
      connection?.left(Number(code));
      return reply.code(204).send();
    });
  };

  /** From now on who comes is sent to another node. Those who are connected stay. */
  turnAway(): void {
    this.#full = true;
  }

  /** Answers who waits, and takes nobody any more. */
  close(): void {
    for (const connection of [...this.#open.values()]) connection.end();
  }

  #post(
    app: FastifyInstance,
    name: string,
    handle: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>,
  ): void {
    app.post(`/poll/${name}`, { bodyLimit: 2 * limits.frame }, async (request, reply) => {
      const { origin } = request.headers;
      reply.header("cache-control", "no-store");
      if (origin !== undefined) reply.header("vary", "origin");
      if (!judgeOrigin(request.raw, this.#options.origins).allowed && !this.#isGuest(origin))
        return reply.code(403).send({ code: "origin-refused", text: "This page's origin may not connect." });
      if (origin !== undefined) reply.header("access-control-allow-origin", origin);
      return handle(request, reply);
    });
  }

  async #connect(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const address = request.socket.remoteAddress ?? "";
    if (this.#full) return reply.code(503).header("retry-after", "1").send({ code: "overload", text: "Come again." });
    const { origin: from } = request.headers;
    const release = this.#options.perAddress.take(address);
    if (!release)
      return reply.code(429).send({ code: "rate-limited", text: "Too many connections from your address." });
    const { allowed, local } = judgeOrigin(request.raw, this.#options.origins);
    const id = randomToken(24);
    const { clock, signInTimeout, open } = this.#options;
    const who = {
      address,
      local,
      transport: "polling" as const,
      guestsOnly: !allowed,
      ...(from !== undefined && { origin: from }),
    };
    const closed = (): void => {
      this.#open.delete(id);
      release();
    };
    this.#open.set(id, new PollConnection({ who, clock, signInTimeout, open, closed }));
    return reply.type("text/plain").send(id);
  }

  #isGuest(origin: string | undefined): boolean {
    return origin !== undefined && this.#options.servesGuests(origin);
  }

  /** The connection that the first line names, and the other lines. */
  #read({ body }: FastifyRequest): readonly [PollConnection | undefined, readonly string[]] {
    const [id = "", ...lines] = typeof body === "string" ? body.split("\n") : [];
    return [this.#open.get(id), lines];
  }
}

/** Calls `gone` when the browser gives up waiting. */
function onAbort({ raw }: FastifyReply): (gone: () => void) => void {
  return (gone) => void raw.once("close", gone);
}
