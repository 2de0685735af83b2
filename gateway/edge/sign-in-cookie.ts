import type { FastifyReply, FastifyRequest } from "fastify";
import { printCookie, readCookie } from "./cookies.ts";
import { isSecure } from "./public-address.ts";

const name = "offhook";

/** The cookie of a signed-in browser. */
export class SignInCookie {
  readonly #life: number;
  readonly #publicUrl: string | undefined;

  /** `life` in milliseconds. */
  constructor(life: number, publicUrl: string | undefined) {
    this.#life = life;
    this.#publicUrl = publicUrl;
  }

  read(request: FastifyRequest): string | undefined {
    return readCookie(request, name);
  }

  give(request: FastifyRequest, reply: FastifyReply, secret: string): void {
    this.#set(request, reply, secret, this.#life);
  }

  take(request: FastifyRequest, reply: FastifyReply): void {
    this.#set(request, reply, "", 0);
  }

  #set(request: FastifyRequest, reply: FastifyReply, value: string, life: number): void {
    const secure = isSecure(request, this.#publicUrl);
    reply.header("set-cookie", printCookie(name, value, { path: "/", life, secure }));
  }
}
