import { ownText } from "../../base/own-text.ts";
import type { Envelope } from "../../sip-syntax/envelope.ts";
import { branchOf, magicCookie, printVia } from "../../sip-syntax/via.ts";

// Keys live as long as their transactions do, and the messages that they were read from do not.

/** Which client transaction a response belongs to (RFC 3261 17.1.3). */
export function clientKey(branch: string, method: string): string {
  return `${branch} ${method}`;
}

/**
 * Which server transaction a request belongs to (RFC 3261 17.2.3). `method` is INVITE when an ACK or a CANCEL looks
 * for the INVITE. Without the magic cookie the request comes from RFC 2543, which compares more.
 */
export function serverKey(envelope: Envelope, method: string): string {
  const { via } = envelope;
  const branch = branchOf(via);
  // The cookie alone is unique for nothing (RFC 4475 3.2.1).
  if (branch.startsWith(magicCookie) && branch !== magicCookie)
    return ownText(`${branch} ${via.host}:${via.port ?? ""} ${method}`);
  return ownText(`${envelope.callId} ${envelope.fromTag} ${envelope.cseq.number} ${printVia(via)} ${method}`);
}

/** What two copies of one request that came by different ways have in common (RFC 3261 8.2.2.2). */
export function mergeKey({ callId, fromTag, cseq }: Envelope): string {
  return ownText(`${callId} ${fromTag} ${cseq.number} ${cseq.method}`);
}
