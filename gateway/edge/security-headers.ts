import type { FastifyRequest } from "fastify";
import { isSecure } from "./public-address.ts";

export interface SecurityOptions {
  /** Address under which browsers reach us, when a proxy stands between. */
  readonly publicUrl?: string;
  /** Origins of sites that may show our pages in a frame. */
  readonly frameAncestors: readonly string[];
  /** `hsts`: whether browsers shall never come without TLS again (RFC 6797). */
  readonly https?: { readonly hsts: boolean } | undefined;
}

type Request = Pick<FastifyRequest, "protocol" | "host" | "url">;

/** RFC 6797 6.1.1: a year, in seconds. */
const strictTransport = "max-age=31536000";

/** What every answer carries, so that a browser runs, frames and connects to nothing but what we made. */
export function securityHeaders(request: Request, options: SecurityOptions): Readonly<Record<string, string>> {
  const secure = isSecure(request, options.publicUrl);
  const frames = framesOf(request.url, options.frameAncestors);
  return {
    "content-security-policy": policy(request.host, secure, frames),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "microphone=(self), camera=(self), display-capture=(self), speaker-selection=(self)",
    ...(frames === "'none'" && { "x-frame-options": "DENY" }),
    ...(secure && options.https?.hsts !== false && { "strict-transport-security": strictTransport }),
  };
}

/** Content Security Policy 3. Nothing inline: neither scripts nor styles; custom elements adopt their style sheets. */
function policy(host: string, secure: boolean, frames: string): string {
  const socket = hostForm.test(host) ? ` ${secure ? "wss" : "ws"}://${host}` : "";
  return [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    // Not every browser lets 'self' stand for the WebSocket of the same host.
    `connect-src 'self'${socket}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${frames}`,
  ].join("; ");
}

/** The administration is framed by nobody. */
function framesOf(url: string, ancestors: readonly string[]): string {
  return ancestors.length === 0 || /^\/admin([/?]|$)/.test(url) ? "'none'" : `'self' ${ancestors.join(" ")}`;
}

/** A Host header is anybody's text: only a name or an address with its port gets into the policy. */
const hostForm = /^([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?$/i;
