import assert from "node:assert/strict";
import { excerptOf } from "../../../gateway/messaging/excerpt.ts";

describe("an excerpt", () => {
  const marked = (text: string, wanted: string): string => {
    const {
      excerpt,
      match: { start, length },
    } = excerptOf(text, wanted);
    return `${excerpt.slice(0, start)}[${excerpt.slice(start, start + length)}]${excerpt.slice(start + length)}`;
  };

  for (const [text, wanted, shown] of [
    ["Lunch at one?", "at", "Lunch [at] one?"],
    ["LUNCH", "lun", "[LUN]CH"],
    ["two\nlines\there", "lines", "two [lines] here"],
    ["İstanbul tea", "tea", "[]İstanbul tea"],
  ] as const)
    it(`of ${JSON.stringify(text)} is ${shown}`, () => assert.equal(marked(text, wanted), shown));

  it("is cut at a word, around what was looked for", () => {
    const long = `${"before ".repeat(20)}needle ${"after ".repeat(60)}`;
    const { excerpt, match } = excerptOf(long, "Needle");
    assert.match(excerpt, /^…before .*needle after .*…$/);
    assert.equal(excerpt.slice(match.start, match.start + match.length), "needle");
    assert.ok(excerpt.length < 180, String(excerpt.length));
  });

  it("cuts no sign in half", () => {
    const { excerpt } = excerptOf("😀".repeat(200), "😀");
    assert.doesNotMatch(excerpt, /[\ud800-\udbff](?![\udc00-\udfff])/);
  });
});
