import type { MessageView } from "./link.ts";

const sdpType = "application/sdp";

/** The session description of a message: its body, or the SDP part of a multipart one (RFC 5621); undefined without. */
export function sdpOf(message: MessageView): string | undefined {
  if (message.body.trim() === "") return undefined;
  const type = (message.header("content-type") ?? "").toLowerCase();
  if (type.startsWith("multipart/")) return sdpPart(type, message.header("content-type") ?? "", message.body);
  return type === "" || type.startsWith(sdpType) ? message.body : undefined;
}

/** Headers that go with a session description. */
export const sdpHeaders = { "Content-Type": sdpType } as const;

/** A key press in INFO, as phones without RFC 4733 send it: `Signal=5`, `Duration=160`. */
export function digitOf(message: MessageView): { digit: string; durationMs: number } | undefined {
  const type = (message.header("content-type") ?? "").toLowerCase();
  if (type.startsWith("application/dtmf-relay")) {
    const digit = /^\s*Signal\s*=\s*([0-9*#A-Da-d])\s*$/im.exec(message.body)?.[1];
    const duration = Number(/^\s*Duration\s*=\s*(\d{1,5})\s*$/im.exec(message.body)?.[1] ?? 160);
    return digit === undefined ? undefined : { digit: digit.toUpperCase(), durationMs: duration };
  }
  if (!/^application\/dtmf($|;)/.test(type)) return undefined;
  const digit = /^\s*([0-9*#A-Da-d])\s*$/.exec(message.body)?.[1];
  return digit === undefined ? undefined : { digit: digit.toUpperCase(), durationMs: 160 };
}

function sdpPart(lowerType: string, type: string, body: string): string | undefined {
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (!boundary || !lowerType.startsWith("multipart/")) return undefined;
  for (const part of body.split(`--${boundary}`)) {
    const split = part.indexOf("\r\n\r\n");
    if (split >= 0 && part.slice(0, split).toLowerCase().includes(sdpType))
      return part.slice(split + 4).trimEnd() + "\r\n";
  }
  return undefined;
}
