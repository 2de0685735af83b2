import { cardLimits, cleanLine, numberOf, sipOf, type CardContact } from "./card.ts";

/** What a column holds, by its heading in the exports of Google, Outlook and others, English and French. */
const columns: readonly (readonly [heading: RegExp, kind: "name" | "given" | "family" | "note" | "number" | "sip"])[] =
  [
    [/^(full |display )?name$|^nom complet$|^nom à afficher$/i, "name"],
    [/^(first|given) ?name$|^prénom$/i, "given"],
    [/^(last|family) ?name$|^surname$|^nom( de famille)?$/i, "family"],
    [/^notes?$|^remarques?$/i, "note"],
    [/^sip( (address|uri))?$|^adresse sip$/i, "sip"],
    [/(phone|mobile|tel\b|telephone|téléphone|portable|number|numéro)/i, "number"],
  ];

/** Of these headings the number is only the second half: "Phone 1 - Type" stands before "Phone 1 - Value". */
const labelHeading = /^(phone \d+) - (type|label)$/i;
const noLabel = /\b(phone( \d+ - value)?|number|telephone|téléphone|numéro|de)\b/gi;

/** RFC 4180, with any of the separators that spreadsheets use. */
export function readRows(text: string): string[][] {
  const [first = ""] = text.split(/\r?\n/, 1);
  const separator = [";", "\t"].find((sign) => first.split(sign).length > first.split(",").length) ?? ",";
  const cell = new RegExp(
    `(?:"((?:[^"]|"")*)"|([^"${separator}\\r\\n][^${separator}\\r\\n]*)?)(${separator}|\\r?\\n|$)`,
    "y",
  );
  const rows: string[][] = [];
  let row: string[] = [];
  const source = text.replace(/^\ufeff/, "");
  while (cell.lastIndex < source.length) {
    const found = cell.exec(source);
    if (!found) break;
    const [, quoted, plain = "", end] = found;
    row.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === separator && cell.lastIndex < source.length) continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

/** The people in a CSV file with headings, who have a name and a number or a SIP address. */
export function readCsv(text: string): readonly CardContact[] {
  const [headings = [], ...rows] = readRows(text);
  const kinds = headings.map((heading) => columns.find(([form]) => form.test(heading.trim()))?.[1]);
  return rows.flatMap((row) => contactOf(headings, kinds, row) ?? []);
}

function contactOf(
  headings: readonly string[],
  kinds: readonly (string | undefined)[],
  row: readonly string[],
): CardContact | undefined {
  const first = (kind: string): string => row[kinds.indexOf(kind)] ?? "";
  const name = cleanLine(first("name") || `${first("given")} ${first("family")}`, cardLimits.name);
  const note = cleanLine(first("note"), cardLimits.note);
  const targets = row.flatMap((value, index) => {
    const heading = headings[index] ?? "";
    if (labelHeading.test(heading)) return [];
    // Google writes several into one field.
    const values = value.split(" ::: ").map((one) => one.trim());
    const read = kinds[index] === "number" ? numberOf : kinds[index] === "sip" ? sipOf : undefined;
    const label = labelOf(headings, row, heading);
    return values.flatMap((one) => {
      const target = read?.(one);
      return target ? [{ target, ...(label && { label }) }] : [];
    });
  });
  if (name === "" || targets.length === 0) return undefined;
  return { name, targets: targets.slice(0, cardLimits.targets), ...(note && { note }) };
}

/** "Phone 1 - Type" says it beside the value, "Mobile Phone" in the heading itself. */
function labelOf(headings: readonly string[], row: readonly string[], heading: string): string {
  const [, phone] = /^(phone \d+) - value$/i.exec(heading) ?? [];
  const beside = headings.findIndex((one) => labelHeading.exec(one)?.[1] === phone && phone !== undefined);
  const label = beside >= 0 ? (row[beside] ?? "") : heading.replace(noLabel, "");
  return cleanLine(label.replace(/^\*\s*/, ""), cardLimits.label).toLowerCase();
}
