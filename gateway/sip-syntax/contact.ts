import { SipSyntaxError } from "./grammar.ts";
import type { Headers } from "./headers.ts";
import { type NameAddr, parseNameAddr } from "./name-addr.ts";

/** One Contact of a REGISTER or its answer (RFC 3261 20.10). */
export interface Contact extends NameAddr {
  /** Seconds, when the parameter is there and is a number. */
  readonly expires?: number;
  /** 0 to 1. */
  readonly q?: number;
}

/** All contacts of a message; `*` stands for "all bindings" (RFC 3261 10.2.2). @throws SipSyntaxError `contact` */
export function parseContacts(headers: Headers): readonly Contact[] | "*" {
  const values = headers.list("contact");
  if (values.includes("*")) {
    if (values.length > 1) throw new SipSyntaxError("contact", "Contact: * stands alone");
    return "*";
  }
  return values.map(parseContact);
}

/** @throws SipSyntaxError `name-addr` */
export function parseContact(value: string): Contact {
  const address = parseNameAddr(value);
  const expires = numberIn(address, "expires", /^\d{1,10}$/);
  const q = numberIn(address, "q", /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/);
  return { ...address, ...(expires !== undefined && { expires }), ...(q !== undefined && { q }) };
}

function numberIn(address: NameAddr, name: string, form: RegExp): number | undefined {
  const value = address.params.get(name);
  return typeof value === "string" && form.test(value) ? Number(value) : undefined;
}
