import { isIP } from "node:net";
import { parseUserId, type UserId } from "../directory/user-id.ts";
import { parseNameAddr } from "../sip-syntax/name-addr.ts";
import { parseSipUri, unbracketed, type SipUri } from "../sip-syntax/uri.ts";

/** Which hosts in SIP URIs mean a domain of ours. */
export class Domains {
  readonly #own: ReadonlySet<string>;
  readonly #default: string;

  /** A phone that knows only our address belongs to `byDefault`. */
  constructor(own: readonly string[], byDefault: string) {
    this.#own = new Set(own.map((domain) => domain.toLowerCase()));
    this.#default = byDefault.toLowerCase();
  }

  /** The domain that a host stands for: itself, or the default one for an address literal or `localhost`. */
  of(host: string): string | undefined {
    const name = unbracketed(host).toLowerCase();
    if (this.#own.has(name)) return name;
    return isIP(name) || name === "localhost" ? this.#default : undefined;
  }

  /** The user that a From, To or URI value names; undefined when it is not one of our domains. */
  userOf(value: string): UserId | undefined {
    try {
      return this.userOfUri(parseSipUri(parseNameAddr(value).uri));
    } catch {
      return undefined;
    }
  }

  userOfUri({ user, host }: SipUri): UserId | undefined {
    const domain = this.of(host);
    return domain === undefined || user === undefined ? undefined : parseUserId(`${decoded(user)}@${domain}`);
  }
}

/** A user part without percent escapes; as it is when they are broken. */
export function decoded(user: string): string {
  try {
    return decodeURIComponent(user);
  } catch {
    return user;
  }
}
