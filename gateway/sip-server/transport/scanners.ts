import type { SipMessage } from "../../sip-syntax/message.ts";

/**
 * How programs call themselves that look for open telephone systems: in User-Agent, and SIPVicious also in From.
 * Compared without case.
 */
const scanners: readonly string[] = [
  "friendly-scanner",
  "friendly-request",
  "sipvicious",
  "sundayddr",
  "sip-scan",
  "sipscan",
  "sipcli",
  "sip-cli",
  "siparmyknife",
  "sipptk",
  "sipsscuser",
  "vaxsipuseragent",
  "vaxipuseragent",
  "vaxasip",
  "iwar",
  "pplsip",
  "smap",
  "sivus",
  "gulp",
];

const form = new RegExp(`\\b(${scanners.join("|")})\\b`, "i");

/** True for a request that names such a program as its sender. */
export function isScanner(message: SipMessage): boolean {
  if (message.kind === "response") return false;
  const { headers } = message;
  return form.test(headers.get("User-Agent") ?? "") || /sipvicious/i.test(headers.get("From") ?? "");
}
