import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { HttpRoutes } from "./http-routes.ts";

/** Any page may load them; what they can do is decided when they connect. */
const forAnybody = {
  "access-control-allow-origin": "*",
  "cross-origin-resource-policy": "cross-origin",
  "x-content-type-options": "nosniff",
  // A new version is seen at once, and costs a question otherwise.
  "cache-control": "public, max-age=0, must-revalidate",
} as const;

export interface PublicFilesParts {
  readonly folder: string;
  /** The path before their names. */
  readonly at: string;
  /** Media type by name. */
  readonly types: Readonly<Record<string, string>>;
  /** What who asks for a file that is missing is told. */
  readonly absent: string;
}

interface PublicFile {
  readonly content: Buffer;
  readonly type: string;
  readonly etag: string;
}

/** Serves files as they were at the start, to pages of all sites. */
export function publicFiles({ folder, at, types, absent }: PublicFilesParts): HttpRoutes {
  return (app) => {
    for (const [name, type] of Object.entries(types)) {
      const path = join(folder, name);
      const file = existsSync(path) ? fileOf(path, type) : undefined;
      app.get(`${at}${name}`, async (request, reply) =>
        file ? answer(request, reply, file) : reply.code(503).type("text/plain").send(`${absent}\n`),
      );
    }
  };
}

function fileOf(path: string, type: string): PublicFile {
  const content = readFileSync(path);
  const etag = `"${createHash("sha256").update(content).digest("base64url").slice(0, 22)}"`;
  return { content, type, etag };
}

function answer({ headers }: FastifyRequest, reply: FastifyReply, file: PublicFile): FastifyReply {
  reply.headers({ ...forAnybody, etag: file.etag });
  if (headers["if-none-match"]?.split(/\s*,\s*/).includes(file.etag)) return reply.code(304).send();
  return reply.type(file.type).send(file.content);
}
