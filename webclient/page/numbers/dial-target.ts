import type { Target } from "../../index.ts";

/** Signs that people write into numbers. */
const separators = /[\s().\-/]/g;
const number = /^\+?[\d*#]+$/;
const mailLike = /^[^\s@<>"]+@[^\s@<>"]+$/;

/** A number or an address inside a longer text that was pasted. */
const found = /(sips?:[^\s<>",;]+)|(tel:[+\d*#().\-]+)|([^\s<>",;:]+@[^\s<>",;]+)|(\+?\d[\d\s().\-/]{4,}\d)/i;

/** Somebody with a name. */
export interface Named {
  readonly name?: string;
  readonly target: Target;
}

export interface Dialled {
  readonly ownDomain: string;
  readonly contacts: readonly Named[];
}

const localPart = ({ target }: Named): string | undefined =>
  "user" in target ? target.user.split("@")[0]?.toLowerCase() : undefined;

/** Who is called that: by the address, else by a name that only one has; else the address is taken as it is written. */
function byName(text: string, { ownDomain, contacts }: Dialled): Target | undefined {
  const wanted = text.toLowerCase();
  const byAddress = contacts.find((contact) => localPart(contact) === wanted);
  if (byAddress) return byAddress.target;
  const named = contacts.filter(({ name }) => name?.toLowerCase() === wanted);
  if (named.length > 0) return named.length === 1 ? named[0]?.target : undefined;
  return /^[\w.+-]+$/.test(text) ? { user: `${text}@${ownDomain}` } : undefined;
}

function fromAddress(address: string, ownDomain: string): Target {
  const domain = address.split("@")[1]?.toLowerCase();
  return domain === ownDomain.toLowerCase() ? { user: address } : { sip: `sip:${address}` };
}

/** What the page calls for one clean piece of text; it shows its decision before it calls. */
function decide(text: string, context: Dialled): Target | undefined {
  const bare = text.replace(separators, "");
  if (/^sips?:./i.test(text) && !/\s/.test(text)) return { sip: text };
  if (/^tel:/i.test(text)) return number.test(bare.slice(4)) ? { tel: bare.slice(4) } : undefined;
  if (number.test(bare)) return { tel: bare };
  if (mailLike.test(text)) return fromAddress(text, context.ownDomain);
  return byName(text, context);
}

/** The target that `text` means, typed or pasted, alone or within a sentence. Undefined when there is none. */
export function dialTarget(text: string, context: Dialled): Target | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  const whole = decide(trimmed, context);
  if (whole) return whole;
  const inside = found.exec(trimmed)?.[0];
  return inside === undefined ? undefined : decide(inside.trim(), context);
}
