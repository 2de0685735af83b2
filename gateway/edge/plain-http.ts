import type { IncomingMessage } from "node:http";
import type { HttpRoutes } from "./http-routes.ts";
import { judgeOrigin } from "./local.ts";
import type { TlsKeys } from "./tls-server.ts";

/** How the page is served over TLS, and what becomes of who comes without. */
export interface HttpsOptions {
  readonly keys: TlsKeys;
  /** Plain HTTP from other machines: sent on, or shown the page, which says where to go and why. */
  readonly plain: "redirect" | "page";
  /** See SecurityOptions. Not for a certificate made here: all ports of the name would be bound by it. */
  readonly hsts: boolean;
  /** The https origin of ours for who came by `host` (a Host header). */
  secureOrigin(host: string | undefined): string;
}

export function isEncrypted({ socket }: IncomingMessage): boolean {
  return "encrypted" in socket && socket.encrypted === true;
}

/** Browsers give pages of their own machine what they give others over TLS only (W3C Secure Contexts 3.1). */
export function isTrustworthy(request: IncomingMessage): boolean {
  return isEncrypted(request) || judgeOrigin(request, []).local;
}

/** Without TLS a page can be looked at from other machines, and nothing else: no secret goes over the network in clear. */
export function guardPlainHttp({ secureOrigin }: HttpsOptions): HttpRoutes {
  return (app) => {
    app.addHook("onRequest", async ({ raw, method, url }, reply) => {
      const harmless = (method === "GET" || method === "HEAD") && !url.startsWith("/auth/");
      if (harmless || isTrustworthy(raw)) return undefined;
      const address = secureOrigin(raw.headers.host);
      return reply.code(403).send({ code: "insecure", text: `Open ${address} instead.`, address });
    });
  };
}
