import type { Address } from "../call/leg.ts";
import { parseTarget } from "../sip/target.ts";

/**
 * What a caller may call: patterns such as `user:*`, `tel:+33*`, `sip:*@example.org`; `*` stands for any text.
 * Compared as a whole, without regard to case.
 */
export type Rights = readonly string[];

/** Without a `calls` claim: people and numbers, and no SIP address that `dial.allow` does not name. */
export const defaultRights: Rights = ["user:*", "tel:*"];

/** `dial.allow` opens no more to a token than its own claim does. */
export function mayUseDialAllow(rights: Rights, address: Address): boolean {
  return rights === defaultRights || mayCall(rights, address);
}

export function mayCall(rights: Rights, address: Address): boolean {
  const text = spelled(address);
  return rights.some((pattern) => matches(pattern, text));
}

/**
 * `user:alice@example.org`, `tel:+331…`, `sip:bob@example.org`: scheme once, parameters left out. Of a SIP address the
 * parsed parts, because what stands behind a semicolon may be a parameter or a piece of the user part.
 */
export function spelled(address: Address): string {
  if ("user" in address) return `user:${address.user}`;
  if ("tel" in address) return `tel:${address.tel}`;
  const target = parseTarget(address.sip);
  return target ? `sip:${target.user}@${target.host}` : "sip:";
}

/** Star matching without backtracking, so that no pattern can be slow. */
export function matches(pattern: string, text: string): boolean {
  const pieces = pattern.toLowerCase().split("*");
  const whole = text.toLowerCase();
  const [first = "", ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return whole === first;
  if (!whole.startsWith(first) || !whole.endsWith(last) || whole.length < first.length + last.length) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = whole.indexOf(piece, at);
    if (found < 0 || found + piece.length > whole.length - last.length) return false;
    at = found + piece.length;
  }
  return true;
}
