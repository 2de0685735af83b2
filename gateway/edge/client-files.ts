import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { HttpRoutes } from "./http-routes.ts";

/** The library in this gateway's version, for other people's pages, and each file's type. */
const types: Readonly<Record<string, string>> = {
  "client.js": "text/javascript; charset=utf-8",
  "elements.js": "text/javascript; charset=utf-8",
  "simulate.js": "text/javascript; charset=utf-8",
  "apirtc.js": "text/javascript; charset=utf-8",
  "client.d.ts": "text/plain; charset=utf-8",
  "client.tgz": "application/gzip",
};

/** Any page may load them; what they can do is decided when they connect. */
const forAnybody = {
  "access-control-allow-origin": "*",
  "cross-origin-resource-policy": "cross-origin",
  "x-content-type-options": "nosniff",
  // A new version is seen at once, and costs a question otherwise.
  "cache-control": "public, max-age=0, must-revalidate",
} as const;

interface ClientFile {
  readonly content: Buffer;
  readonly type: string;
  readonly etag: string;
}

/** Serves what `npm run build` put into `folder`. */
export function clientFiles(folder: string): HttpRoutes {
  return (app) => {
    for (const [name, type] of Object.entries(types)) {
      const path = join(folder, name);
      const file = existsSync(path) ? fileOf(path, type) : undefined;
      app.get(`/${name}`, async (request, reply) => answer(request, reply, file));
    }
  };
}

function fileOf(path: string, type: string): ClientFile {
  const content = readFileSync(path);
  const etag = `"${createHash("sha256").update(content).digest("base64url").slice(0, 22)}"`;
  return { content, type, etag };
}

function answer({ headers }: FastifyRequest, reply: FastifyReply, file: ClientFile | undefined): FastifyReply {
  if (!file) return reply.code(503).type("text/plain").send("The library is not built. Run: npm run build\n");
  reply.headers({ ...forAnybody, etag: file.etag });
  if (headers["if-none-match"]?.split(/\s*,\s*/).includes(file.etag)) return reply.code(304).send();
  return reply.type(file.type).send(file.content);
}
