/** Characters before and after what was looked for. */
const before = 40;
const after = 120;

/** A piece of a text around what was looked for. */
export interface Excerpt {
  readonly excerpt: string;
  /** Where in the excerpt it stands, and how long it is; 0 and 0 where that cannot be said. */
  readonly match: { readonly start: number; readonly length: number };
}

/** One line of the text, cut at words, with `…` where something is left out. */
export function excerptOf(text: string, wanted: string): Excerpt {
  const line = text.replace(/\s/g, " ");
  const lower = line.toLocaleLowerCase();
  // Some letters become two in lower case: then positions differ.
  const found = lower.length === line.length ? lower.indexOf(wanted.replace(/\s/g, " ").toLocaleLowerCase()) : -1;
  const at = Math.max(found, 0);
  const start = at <= before ? 0 : wordStart(line, at - before, at);
  const end = Math.min(line.length, at + wanted.length + after);
  const head = start > 0 ? "…" : "";
  const excerpt = head + whole(line.slice(start, end)) + (end < line.length ? "…" : "");
  return { excerpt, match: found < 0 ? nowhere : { start: found - start + head.length, length: wanted.length } };
}

const nowhere = { start: 0, length: 0 } as const;

function wordStart(line: string, from: number, to: number): number {
  const space = line.indexOf(" ", from);
  return space >= 0 && space < to ? space + 1 : from;
}

/** Without half of a surrogate pair at its ends. */
const whole = (text: string): string => text.replace(/^[\udc00-\udfff]/, "").replace(/[\ud800-\udbff]$/, "");
