import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { rolldown } from "rolldown";

export interface SitePage {
  /** Response headers. */
  readonly policy?: string;
  readonly csp?: string;
  /** Shows another page in a frame, with this `allow`. */
  readonly frame?: string;
  readonly allow?: string;
}

/** A web site of somebody else, whose pages use the library; on all addresses of this machine. */
export class LibrarySite {
  readonly #server: Server;
  readonly #scheme: string;

  private constructor(server: Server, scheme: string) {
    this.#server = server;
    this.#scheme = scheme;
  }

  static async open(keys?: { cert: string; key: string }): Promise<LibrarySite> {
    const bundle = await rolldown({ input: join(import.meta.dirname, "library-page.ts"), platform: "browser" });
    const { output } = await bundle.generate({ format: "esm" });
    await bundle.close();
    const script = output[0].code;
    const serve = (request: IncomingMessage, response: ServerResponse): void => answer(script, request, response);
    const server = keys ? createTlsServer(keys, serve) : createServer(serve);
    await new Promise<void>((done) => server.listen(0, done));
    return new LibrarySite(server, keys ? "https" : "http");
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The address of a page; `host` makes its origin. */
  at(host: string, page: SitePage = {}): string {
    return `${this.#scheme}://${host}:${this.port}/?${new URLSearchParams({ ...page })}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

function answer(script: string, { url = "/" }: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(url, "http://site");
  if (pathname === "/lib.js") return void response.setHeader("content-type", "text/javascript").end(script);
  const [policy, csp, frame] = ["policy", "csp", "frame"].map((name) => searchParams.get(name));
  if (policy) response.setHeader("permissions-policy", policy);
  if (csp) response.setHeader("content-security-policy", csp);
  const inside = frame
    ? `<iframe src="${frame.replaceAll("&", "&amp;")}" allow="${searchParams.get("allow") ?? ""}"></iframe>`
    : `<script type="module" src="/lib.js"></script>`;
  response.setHeader("content-type", "text/html").end(`<!doctype html><title>Site</title>${inside}`);
}
