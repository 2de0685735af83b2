import type { SavedContact, Target } from "../../index.ts";

/** What a file gives of somebody: everything that the address book keeps but its id. */
export type CardContact = Omit<SavedContact, "contactId">;

/** What the address book takes. */
export const cardLimits = { name: 128, label: 64, targets: 10, note: 500 };

/** One line of at most `max` characters. */
export const cleanLine = (value: string, max: number): string =>
  value
    .replace(/[\u0000-\u001f\u007f]+/g, " ")
    .trim()
    .slice(0, max);

/** A telephone number as people write it; undefined when it is none. */
export function numberOf(value: string): Target | undefined {
  const bare = value
    .replace(/^tel:/i, "")
    .replace(/;.*$/, "")
    .replace(/[\s().\-/]/g, "");
  return /^\+?[\d*#]+$/.test(bare) ? { tel: bare } : undefined;
}

export const sipOf = (value: string): Target | undefined =>
  /^sips?:[^\s<>"]+$/i.test(value) ? { sip: value } : undefined;
