import type { IncomingMessage } from "node:http";

/** What a connection's headers say of where it comes from. */
export interface Origin {
  /** Peer, Host and Origin are all this machine. */
  readonly local: boolean;
  /** The page that connects is ours, one that was allowed, or no page at all. */
  readonly allowed: boolean;
}

/** Judges a WebSocket or HTTP request; `origins` are those of other sites that may connect. */
export function judgeOrigin(request: IncomingMessage, origins: readonly string[]): Origin {
  const { host = "", origin } = request.headers;
  const same = origin === undefined || hostOf(origin) === host.toLowerCase();
  const peer = request.socket.remoteAddress ?? "";
  return {
    local: isLoopback(peer) && isLocalHost(host) && same,
    allowed: same || origins.includes(origin),
  };
}

export function isLoopback(address: string): boolean {
  return address === "::1" || /^(::ffff:)?127\./.test(address);
}

function isLocalHost(host: string): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host);
}

function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host.toLowerCase();
  } catch {
    return undefined;
  }
}
