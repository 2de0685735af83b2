import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const css = readFileSync(new URL("../../../webclient/page/tokens.css", import.meta.url), "utf8");

type Tokens = ReadonlyMap<string, string>;

const colours = [...css.matchAll(/--([\w-]+):\s*light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g)];
const themes: Record<string, Tokens> = {
  light: new Map(colours.map(([, name = "", light = ""]) => [name, light])),
  dark: new Map(colours.map(([, name = "", , dark = ""]) => [name, dark])),
};

/** WCAG 2.2: relative luminance of an sRGB colour. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** WCAG 2.2: contrast ratio, 1 to 21. */
function contrast(one: string, other: string): number {
  const [brighter = 0, darker = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (brighter + 0.05) / (darker + 0.05);
}

const body = 7;
const label = 4.5;
const shape = 3;

const pairs: readonly (readonly [front: string, back: string, least: number])[] = [
  ...["bg", "surface", "sunken", "me-soft"].map((back) => ["text", back, body] as const),
  ...["bg", "surface", "sunken"].map((back) => ["muted", back, label] as const),
  ...["go", "stop", "me"].map((back) => ["on", back, label] as const),
  ["go-text", "go-soft", label],
  ["go-soft", "go-text", label],
  ["go-text", "bg", label],
  ["go-text", "surface", label],
  ["stop-text", "stop-soft", label],
  ["stop-text", "surface", label],
  ["stop-text", "bg", label],
  ["stop-text", "me-soft", label],
  ["muted", "me-soft", label],
  ["go-text", "me-soft", label],
  ["text", "go-soft", label],
  ["warn-text", "warn-soft", label],
  ["text", "warn-soft", label],
  ["bg", "text", body],
  ...["go", "stop", "me", "focus", "warn-text"].map((front) => [front, "bg", shape] as const),
  ...["go", "focus"].map((front) => [front, "surface", shape] as const),
  ["stop", "go-soft", shape],
  ...["bg", "surface"].map((back) => ["edge", back, shape] as const),
  ["bg", "edge", shape],
  ...[1, 2, 3, 4, 5].map((face) => [`face-${face}-ink`, `face-${face}`, label] as const),
];

describe("the colours of the page", () => {
  for (const [theme, tokens] of Object.entries(themes)) {
    for (const [front, back, least] of pairs) {
      it(`${theme}: ${front} on ${back} contrasts at least ${least}`, () => {
        const [one, other] = [tokens.get(front), tokens.get(back)];
        assert.ok(one && other, "no such token");
        const ratio = contrast(one, other);
        assert.ok(ratio >= least, `${one} on ${other} is ${ratio.toFixed(2)}`);
      });
    }
  }

  it("are measured as WCAG says", () => {
    assert.equal(contrast("#000000", "#ffffff"), 21);
    assert.equal(contrast("#777777", "#ffffff").toFixed(2), "4.48");
  });
});
