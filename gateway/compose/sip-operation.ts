import { isIP } from "node:net";
import type { Config } from "../config.ts";

/** What of the settings only the SIP server knows what to do with: options for its command line; `true` needs no value. */
export function operationArguments({ sip, trunks }: Config): Record<string, string | number | true> {
  const { hep, hepId, hepPasswordFile } = sip;
  return {
    "max-unanswered": sip.maxUnanswered,
    "max-lag": sip.maxLag,
    "max-busy": sip.maxBusy,
    "retry-after": sip.retryAfter,
    "session-expires": sip.sessionExpires,
    "min-session-expires": Math.min(sip.minSessionExpires, sip.sessionExpires || sip.minSessionExpires),
    "rate-limit": sip.rateLimit,
    "trusted-networks": trusted(sip.trustedNetworks, trunks) || "none",
    ...(sip.dropScanners && { "drop-scanners": true as const }),
    ...(hep !== undefined && { hep, "hep-id": hepId }),
    ...(hep !== undefined && hepPasswordFile !== undefined && { "hep-password-file": hepPasswordFile }),
  };
}

/** A trunk sends what many telephones would. */
function trusted(networks: readonly string[], trunks: Config["trunks"]): string {
  const hosts = trunks.map(({ address }) => address.replace(/:\d+$/, "").replace(/^\[|\]$/g, ""));
  return [...networks, ...hosts.filter((host) => isIP(host) !== 0)].join(",");
}
