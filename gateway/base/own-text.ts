/** The longest piece that V8 copies by itself. */
const copiedAnyway = 12;

/**
 * The same text in memory of its own, for what is kept: a piece that was cut out of a longer text is otherwise a view of
 * that text, and holds all of it. For text without lone surrogates, such as what was decoded from UTF-8.
 */
export function ownText(text: string): string {
  return text.length <= copiedAnyway ? text : Buffer.from(text, "utf8").toString("utf8");
}
