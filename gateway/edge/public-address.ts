import type { FastifyRequest } from "fastify";

/** The origin under which the browser that sends `request` knows us; `configured` wins, for a proxy in between. */
export function publicOrigin(
  { protocol, host }: Pick<FastifyRequest, "protocol" | "host">,
  configured?: string,
): string {
  return configured === undefined ? `${protocol}://${host}` : new URL(configured).origin;
}

export function isSecure(request: Pick<FastifyRequest, "protocol" | "host">, configured?: string): boolean {
  return publicOrigin(request, configured).startsWith("https:");
}
