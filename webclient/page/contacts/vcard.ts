import { cardLimits, cleanLine, numberOf, sipOf, type CardContact } from "./card.ts";

interface Property {
  readonly name: string;
  readonly params: string;
  readonly value: string;
}

/** A line of vCard 2.1 that goes on after "=": only where the text is quoted-printable, as base64 ends so too. */
const softBreak = /^([^\n:]*quoted-printable[^\n:]*:[^\n]*)=\n/gim;

/** RFC 6350 3.2: a line that begins with a space goes on the line before. */
function unfolded(text: string): string {
  const lines = text.replace(/\r\n?/g, "\n");
  const joined = lines.replace(softBreak, "$1");
  return joined === lines ? lines.replace(/\n[ \t]/g, "") : unfolded(joined);
}

/** RFC 6350 3.3: `group.NAME;PARAMS:value`; a colon inside quotes belongs to a parameter. */
function readLine(line: string): Property | undefined {
  const [, name = "", params = "", value = ""] =
    /^(?:[\w-]+\.)?([\w-]+)((?:;(?:"[^"]*"|[^":])*)?):(.*)$/.exec(line) ?? [];
  return name === "" ? undefined : { name: name.toUpperCase(), params, value: decoded(params, value) };
}

/** Quoted-printable (vCard 2.1, RFC 2045 6.7) as UTF-8. */
function decoded(params: string, value: string): string {
  if (!/quoted-printable/i.test(params)) return value;
  const bytes = [...value.matchAll(/=([0-9a-f]{2})|([^=])/gi)].flatMap(([, hex, sign]) =>
    hex === undefined ? [...new TextEncoder().encode(sign)] : [parseInt(hex, 16)],
  );
  return new TextDecoder().decode(new Uint8Array(bytes));
}

/** RFC 6350 3.4. */
const unescaped = (value: string): string => value.replace(/\\n/gi, " ").replace(/\\([,;:\\])/g, "$1");

const clean = (value: string, max: number): string => cleanLine(unescaped(value), max);

/** Words that say how, not which: they are no label. */
const noLabel = new Set(["voice", "pref", "text", "internet", "uri", "x-sip"]);

function labelOf(params: string): string {
  const types = [...params.matchAll(/;(?:TYPE=)?"?([\w,-]+)"?(?=;|$)/gi)].flatMap(([, types = ""]) => types.split(","));
  return (types.find((type) => !noLabel.has(type.toLowerCase())) ?? "").toLowerCase().slice(0, cardLimits.label);
}

/** RFC 6350 6.2.2: family; given; additional; prefixes; suffixes. */
function structuredName(value: string): string {
  const [family = "", given = ""] = value.split(/(?<!\\);/);
  return clean([given, family].filter(Boolean).join(" "), cardLimits.name);
}

function contactOf(properties: readonly Property[]): CardContact | undefined {
  const first = (name: string): string => properties.find((property) => property.name === name)?.value ?? "";
  const name = clean(first("FN"), cardLimits.name) || structuredName(first("N"));
  const targets = properties.flatMap(({ name: kind, params, value }) => {
    const target = kind === "TEL" ? numberOf(value) : kind === "IMPP" || kind === "X-SIP" ? sipOf(value) : undefined;
    const label = labelOf(params);
    return target ? [{ target, ...(label && { label }) }] : [];
  });
  const note = clean(first("NOTE"), cardLimits.note);
  if (name === "" || targets.length === 0) return undefined;
  return { name, targets: targets.slice(0, cardLimits.targets), ...(note && { note }) };
}

/** The people in a vCard file (2.1, 3.0, 4.0) who have a name and a number or a SIP address. */
export function readVcards(text: string): readonly CardContact[] {
  const cards = unfolded(text)
    .split(/^BEGIN:VCARD\s*$/im)
    .slice(1);
  return cards.flatMap((card) => {
    const body = card.split(/^END:VCARD\s*$/im)[0] ?? "";
    const contact = contactOf(body.split("\n").flatMap((line) => readLine(line.trimEnd()) ?? []));
    return contact ? [contact] : [];
  });
}
