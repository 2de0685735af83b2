import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { limits } from "../protocol/version.ts";
import type { HttpRoutes } from "./http-routes.ts";

/** Takes and gives the files of messages. Whoever has a link may use it; there is no other key. */
export interface FileDesk {
  progress(link: string): Promise<{ readonly offset: number; readonly size: number } | undefined>;
  take(
    link: string,
    offset: number,
    bytes: Uint8Array,
  ): Promise<{ readonly offset: number } | { readonly refused: keyof typeof statuses; readonly text: string }>;
  download(link: string): Promise<
    | {
        readonly name: string;
        readonly type: string;
        readonly size: number;
        readonly content: AsyncIterable<Uint8Array>;
      }
    | undefined
  >;
}

const statuses = { unknown: 404, conflict: 409, "too-large": 413, type: 415, denied: 422 } as const;

/** tus 1.0.0: the core protocol. An upload begins with the frame `file.offer`. */
const tus = { "tus-resumable": "1.0.0", "cache-control": "no-store" } as const;
const partType = "application/offset+octet-stream";

/** A link is the only key, and no cookie is looked at: pages of any origin may use one. */
const forAnybody = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET, HEAD, PATCH, OPTIONS",
  "access-control-allow-headers": "content-type, tus-resumable, upload-offset",
  "access-control-expose-headers": "tus-resumable, upload-length, upload-offset",
  "access-control-max-age": "600",
  "cross-origin-resource-policy": "cross-origin",
} as const;

/** Types that no browser runs anything of; another one is told as plain bytes. */
const inert = /^(image\/(png|jpeg|gif|webp|avif|heic)|audio\/[\w-]+|video\/[\w-]+|text\/plain|application\/(pdf|zip))$/;

/** `/files/upload/…` takes content in parts, `/files/…` gives it. */
export function fileRoutes(desk: FileDesk): HttpRoutes {
  return (app) => {
    app.addContentTypeParser(partType, { parseAs: "buffer", bodyLimit: limits.part }, (_request, body, done) =>
      done(null, body),
    );
    const upload = "/files/upload/:file/:signature";
    app.options("/files/*", async (_request, reply) => reply.code(204).headers(forAnybody).send());
    app.head(upload, async (request, reply) => {
      const now = await desk.progress(linkOf(request));
      reply.headers({ ...forAnybody, ...tus });
      if (!now) return reply.code(404).send();
      return reply.headers({ "upload-offset": now.offset, "upload-length": now.size }).code(200).send();
    });
    app.patch(upload, { bodyLimit: limits.part }, async (request, reply) => {
      reply.headers({ ...forAnybody, ...tus });
      const offset = offsetOf(request);
      if (offset === undefined || !(request.body instanceof Uint8Array))
        return reply.code(400).send({ code: "bad-request", text: `Send ${partType} with Upload-Offset.` });
      const taken = await desk.take(linkOf(request), offset, request.body);
      if ("offset" in taken) return reply.code(204).header("upload-offset", taken.offset).send();
      return reply.code(statuses[taken.refused]).send({ code: taken.refused, text: taken.text });
    });
    app.get("/files/:file/:signature/:name", async (request, reply) => {
      reply.headers({ ...forAnybody, "cache-control": "private, max-age=300" });
      const file = await desk.download(linkOf(request));
      if (!file) return reply.code(404).send({ code: "unknown", text: "This link does not hold, or not any more." });
      return send(reply, file);
    });
  };
}

function send(
  reply: FastifyReply,
  { name, type, size, content }: NonNullable<Awaited<ReturnType<FileDesk["download"]>>>,
) {
  return reply
    .type(inert.test(type) ? type : "application/octet-stream")
    .headers({
      "content-length": size,
      "content-disposition": disposition(name),
      "content-security-policy": "default-src 'none'; sandbox",
    })
    .send(Readable.from(content));
}

/** RFC 6266 4.3, RFC 8187: whole for who can read it, ASCII for the others. Never shown in the place of a page. */
function disposition(name: string): string {
  const plain = name.replace(/[^\w.\- ]/g, "_");
  const whole = encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${whole}`;
}

function linkOf({ params }: FastifyRequest): string {
  const { file, signature } = params as { file: string; signature: string };
  return `${file}/${signature}`;
}

function offsetOf({ headers }: FastifyRequest): number | undefined {
  const text = headers["upload-offset"];
  return typeof text === "string" && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
