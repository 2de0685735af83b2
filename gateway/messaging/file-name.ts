/** What a name for people may have, in characters. */
const maxLength = 128;

/** Path separators and control characters: no page sends such a name by itself. */
const tricks = /[/\\\u0000-\u001f\u007f]/;

/**
 * Marks that make the end of a name look like its middle (Unicode TR36 2.5), and what file systems take for something
 * else in front or at the end.
 */
const misleading = /[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
const edges = /^[.\s]+|[.\s]+$/g;

/** A name that can be shown, and given to a download as it is; undefined when it tries to be a path. */
export function cleanFileName(name: string): string | undefined {
  if (tricks.test(name)) return undefined;
  const clean = name.normalize("NFC").replace(misleading, "").replace(edges, "");
  const ending = /\.[\w-]{1,16}$/.exec(clean)?.[0] ?? "";
  const short = clean.length > maxLength ? clean.slice(0, maxLength - ending.length) + ending : clean;
  return short === "" ? "file" : short;
}
