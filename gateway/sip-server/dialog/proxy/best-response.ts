import type { SipResponse } from "../../../sip-syntax/message.ts";

/** In a class these tell the caller more than others (RFC 3261 16.7, step 6). */
const telling: ReadonlySet<number> = new Set([401, 407, 415, 420, 484]);

/** RFC 3261 16.7, step 6: the failure that the caller gets; undefined when nothing came. */
export function bestResponse(responses: readonly SipResponse[]): SipResponse | undefined {
  const [best] = [...responses].sort((one, other) => rank(one) - rank(other));
  return best && withAllChallenges(best, responses);
}

/** 6xx decides; else the lowest class, and in it what tells most. A 503 would keep the caller from coming again. */
function rank({ status }: SipResponse): number {
  const ofClass = status >= 600 ? 0 : Math.floor(status / 100);
  return 10 * ofClass + (status === 503 ? 5 : telling.has(status) ? 0 : 1);
}

/** RFC 3261 16.7, step 7: whoever is challenged is told of all challenges. */
function withAllChallenges(best: SipResponse, responses: readonly SipResponse[]): SipResponse {
  if (best.status !== 401 && best.status !== 407) return best;
  const headers = best.headers.clone();
  for (const other of responses) {
    if (other === best || (other.status !== 401 && other.status !== 407)) continue;
    for (const name of ["WWW-Authenticate", "Proxy-Authenticate"]) {
      for (const value of other.headers.lines(name)) headers.add(name, value);
    }
  }
  return { ...best, headers };
}
