/** ITU-T E.161: the letters on the keys of a telephone. */
const letters: Readonly<Record<string, string>> = {
  2: "abc",
  3: "def",
  4: "ghi",
  5: "jkl",
  6: "mno",
  7: "pqrs",
  8: "tuv",
  9: "wxyz",
};

const keyOf = new Map(Object.entries(letters).flatMap(([key, some]) => [...some].map((letter) => [letter, key])));

/** Without accents: `Élodie` is found by the keys of `Elodie`. */
const plain = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** The keys that spell a name, a digit for a letter; words stay apart. */
export const keysOf = (name: string): string => [...plain(name)].map((sign) => keyOf.get(sign) ?? sign).join("");

/** Whether `digits` spell the beginning of a word of `name`, or of its words run together: 2535 finds `Alek…`. */
export function spells(digits: string, name: string): boolean {
  if (!/^[2-9]{2,}$/.test(digits)) return false;
  const words = keysOf(name).split(/[^2-9]+/);
  return words.some((_, from) => words.slice(from).join("").startsWith(digits));
}

/** Whether every part of what was typed begins a word of one of the texts, or stands in an address. */
export function fitsText(typed: string, names: readonly string[], addresses: readonly string[]): boolean {
  const wanted = plain(typed.trim()).split(/\s+/).filter(Boolean);
  const words = names.flatMap((name) => plain(name).split(/[\s@._-]+/));
  const inAddress = (part: string): boolean => addresses.some((address) => plain(address).includes(part));
  return wanted.every((part) => words.some((word) => word.startsWith(part)) || inAddress(part));
}
