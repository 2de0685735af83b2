import type { PushParams } from "../directory/registrations.ts";
import type { SipUri } from "../sip-syntax/uri.ts";

/** RFC 8599 4: a Contact without `pn-prid` only asks what we know of, and wakes nobody. */
export function pushParamsOf({ params }: SipUri): PushParams | undefined {
  const [provider, prid, param] = ["pn-provider", "pn-prid", "pn-param"].map((name) => decoded(params.get(name)));
  if (provider === undefined || prid === undefined) return undefined;
  return { provider, prid, ...(param !== undefined && { param }) };
}

/** What cannot be decoded is taken as it is. */
function decoded(value: string | true | undefined): string | undefined {
  if (value === undefined || value === true || value === "") return undefined;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
