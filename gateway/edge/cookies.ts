import type { FastifyRequest } from "fastify";

export interface CookieOptions {
  readonly path: string;
  /** Milliseconds; 0 takes the cookie away. */
  readonly life: number;
  /** The browser reached us by TLS. */
  readonly secure: boolean;
}

/** A `Set-Cookie` value that scripts cannot read and other sites' forms cannot use (RFC 6265 4.1, SameSite). */
export function printCookie(name: string, value: string, { path, life, secure }: CookieOptions): string {
  const age = `Max-Age=${Math.floor(life / 1000)}`;
  return [`${name}=${value}`, `Path=${path}`, age, "HttpOnly", "SameSite=Lax", ...(secure ? ["Secure"] : [])].join(
    "; ",
  );
}

/** The first cookie of that name (RFC 6265 4.2). */
export function readCookie({ headers }: Pick<FastifyRequest, "headers">, name: string): string | undefined {
  const pairs = (headers.cookie ?? "").split(";").map((pair) => pair.trim());
  const found = pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
  return found === "" ? undefined : found;
}
