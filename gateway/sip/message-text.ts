import type { HeaderValues, InRequest } from "./link.ts";

/** Bytes of UTF-8 that are taken. */
const maxBytes = 16_384;

/** The answer to a MESSAGE whose body we do not take. */
export interface NotTaken {
  readonly status: number;
  readonly headers: HeaderValues;
}

/** The text of a MESSAGE (RFC 3428 7): plain text in UTF-8, line feeds between lines; or why we do not take it. */
export function textOf(request: InRequest): { readonly text: string } | NotTaken {
  const encoding = request.header("content-encoding")?.trim().toLowerCase() ?? "identity";
  if (encoding !== "identity") return { status: 415, headers: { "Accept-Encoding": "identity" } };
  const type = request.header("content-type")?.trim().toLowerCase() ?? "";
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/.exec(type)?.[1] ?? "utf-8";
  if (!/^text\/plain\s*($|;)/.test(type) || !["utf-8", "us-ascii"].includes(charset))
    return { status: 415, headers: { Accept: "text/plain" } };
  if (Buffer.byteLength(request.body) > maxBytes) return { status: 413, headers: {} };
  const text = readable(request.body);
  return text === "" ? { status: 400, headers: {} } : { text };
}

/** Headers that go with text. RFC 2046 4.1.1: its lines end with CRLF. */
export const textHeaders = { "Content-Type": "text/plain;charset=utf-8" } as const;

export const bodyOf = (text: string): string => text.replace(/\n/g, "\r\n");

/** Of control characters only tab and line feed. */
const readable = (body: string): string =>
  body
    .replace(/\r\n?/g, "\n")
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "")
    .trim();
