import { createHmac, timingSafeEqual } from "node:crypto";

/** Bytes of the seal. */
const sealLength = 12;

/** Tells our tokens from other user parts. */
const prefix = "flow.";

/**
 * Flow tokens (RFC 5626 5.2): user parts of our URIs that name a flow, sealed, so that nobody can make or change one.
 */
export class FlowTokens {
  readonly #key: Buffer;

  /** `secret`: what no stranger knows. */
  constructor(secret: string) {
    this.#key = createHmac("sha256", secret).update("flow").digest();
  }

  /** @param scope what the token is good for, such as one call */
  make(flowId: string, scope: string): string {
    return prefix + Buffer.concat([this.#seal(flowId, scope), Buffer.from(flowId)]).toString("base64url");
  }

  /** The flow's id; undefined for a token that was not made here for that, or was changed. */
  read(token: string, scope: string): string | undefined {
    if (!looksLikeToken(token)) return undefined;
    const text = token.slice(prefix.length);
    const bytes = Buffer.from(text, "base64url");
    if (bytes.length <= sealLength || bytes.toString("base64url") !== text) return undefined;
    const flowId = bytes.toString("utf8", sealLength);
    return timingSafeEqual(bytes.subarray(0, sealLength), this.#seal(flowId, scope)) ? flowId : undefined;
  }

  #seal(flowId: string, scope: string): Buffer {
    return createHmac("sha256", this.#key).update(`${flowId}\n${scope}`).digest().subarray(0, sealLength);
  }
}

export function looksLikeToken(user: string): boolean {
  return user.startsWith(prefix);
}
