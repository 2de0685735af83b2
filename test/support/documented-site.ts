import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { extname, join } from "node:path";
import { domain, type TestGateway } from "./gateway.ts";
import { claimPorts, type PortRange } from "./ports.ts";

/** What a page's host sends with it, as an `http` block of the documentation says. */
export type Headers = Readonly<Record<string, string>>;

/** Where the names of the documentation are in a test. */
export interface Places {
  readonly gateway: Pick<TestGateway, "url">;
  readonly shop: string;
  readonly market?: string;
}

/** The names of the documentation, `phone.example.org` and the like, as what they are in this test. */
export function placed(text: string, { gateway, shop, market = "" }: Places): string {
  return text
    .replaceAll("https://phone.example.org", gateway.url)
    .replaceAll("http://localhost:8080", gateway.url)
    .replaceAll("http://localhost:3000", shop)
    .replaceAll("wss://phone.example.org", gateway.url.replace("http", "ws"))
    .replaceAll("https://shop.example.org", shop)
    .replaceAll("https://market.example.org", market)
    .replaceAll("@example.org", `@${domain}`)
    .replaceAll("domain: example.org", `domain: ${domain}`);
}

/** The code of one language in a Markdown file, block by block. */
export function blocks(file: string, language: string): string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, found, code = ""]) =>
    found === language ? [code] : [],
  );
}

export function headersOf(block: string): Headers {
  const lines = block.trim().split("\n");
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};

/** A web site on an origin of its own, whose files a test gives. */
export class DocumentedSite {
  readonly origin: string;
  readonly #server: Server;
  readonly #ports: PortRange;
  /** The text of a path; undefined: 404. */
  read: (path: string, query: URLSearchParams) => string | undefined = () => undefined;
  headers: Headers = {};

  private constructor(server: Server, ports: PortRange, port: number) {
    this.#server = server;
    this.#ports = ports;
    this.origin = `http://localhost:${port}`;
  }

  static async open(): Promise<DocumentedSite> {
    const ports = await claimPorts(1);
    const port = ports.first;
    const server = createServer();
    const site = new DocumentedSite(server, ports, port);
    server.on("request", (request, response) => {
      const { pathname: path, searchParams } = new URL(request.url ?? "/", site.origin);
      if (path === "/favicon.ico") return void response.writeHead(204).end();
      const body = site.read(path === "/" ? "/index.html" : path, searchParams);
      if (body === undefined) return void response.writeHead(404).end();
      const type = types[extname(path)] ?? types[".html"];
      response.writeHead(200, { "content-type": type, ...site.headers }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(port, "localhost", resolve));
    return site;
  }

  /** Serves a folder, with `change` made to each file. */
  folder(path: string, change: (text: string) => string): void {
    this.read = (name) => {
      try {
        return change(readFileSync(join(path, name), "utf8"));
      } catch {
        return undefined;
      }
    };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.#ports.release();
  }
}
