import type { Party } from "../call/leg.ts";
import { printNameAddr } from "../sip-syntax/name-addr.ts";
import { noParams } from "../sip-syntax/grammar.ts";
import { singleLine } from "./headers.ts";

/** Methods that we take (RFC 3261 20.5). */
export const allow = "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, PRACK, REGISTER";

/** The same outside a call, where there is text too (RFC 3428). */
export const allowOutside = `${allow}, MESSAGE`;

/** A party as From or To value: `"Alice" <sip:alice@example.org>`. `host` stands for addresses without one. */
export function nameAddrOf(party: Party, host: string): string {
  const name = party.name === undefined ? undefined : singleLine(party.name);
  return printNameAddr({ ...(name && { name }), uri: uriOfParty(party, host), params: noParams });
}

/** The SIP URI of a party. */
export function uriOfParty({ address }: Party, host: string): string {
  if ("user" in address) return `sip:${escapeUser(address.user)}`;
  if ("tel" in address) return `sip:${encodeURIComponent(address.tel).replaceAll("%2B", "+")}@${host}`;
  return /^sips?:/i.test(address.sip) ? address.sip : `sip:${address.sip}`;
}

/** `name@domain` with what a user part may not hold escaped (RFC 3261 25.1). */
function escapeUser(user: string): string {
  const at = user.lastIndexOf("@");
  return `${encodeURIComponent(user.slice(0, at)).replaceAll("%2B", "+")}@${user.slice(at + 1)}`;
}
