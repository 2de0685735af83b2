import assert from "node:assert/strict";
import { base } from "../../../webclient/elements/look.ts";
import { typedTarget } from "../../../webclient/elements/phone.ts";
import { languageOf, wordsFor } from "../../../webclient/elements/words.ts";
import { endReasons } from "../../../gateway/protocol/causes.ts";
import { errorCodes } from "../../../webclient/client-error.ts";

describe("a number field", () => {
  for (const [text, target] of [
    ["600", { tel: "600" }],
    ["06 12-34.56", { tel: "06123456" }],
    ["*21#", { tel: "*21#" }],
    ["+33 1 86 26 00 10", "+33 1 86 26 00 10"],
    ["sip:bob@example.net", "sip:bob@example.net"],
    ["bob", { user: "bob@a.example" }],
    ["Bob@A.example", { user: "Bob@A.example" }],
    ["bob@example.net", { sip: "bob@example.net" }],
  ] as const)
    it(`takes ${text}`, () => assert.deepEqual(typedTarget(` ${text} `, "a.example"), target));
});

describe("the words of the elements", () => {
  for (const language of ["en", "fr-CA"]) {
    const words = wordsFor(language);
    it(`say why a call ended, and what is wrong (${language})`, () => {
      for (const reason of endReasons) assert.ok(words.ends[reason]);
      // Stopped on purpose, or a question of the network's settings: nothing to say to whoever looks at the page.
      const silent = ["aborted", "local-network-blocked"];
      for (const code of errorCodes) assert.ok(words.problems[code] || silent.includes(code), code);
    });
  }

  it("are English where nobody says otherwise", () => {
    assert.equal(wordsFor("de-AT"), wordsFor("en"));
    assert.equal(wordsFor("frr"), wordsFor("en"));
    assert.notEqual(wordsFor("fr"), wordsFor("en"));
    assert.equal(typeof languageOf, "function");
  });
});

/** WCAG 2.2, relative luminance. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

describe("the colours of the elements", () => {
  const found = [...base.cssText.matchAll(/--([\w-]+): var\([^,]+, light-dark\((#\w{6}), (#\w{6})\)\)/g)];
  const tokens = new Map(found.map(([, name = "", light = "", dark = ""]) => [name, [light, dark] as const]));
  const pairs = [
    ["text", "surface", 7],
    ["text", "sunken", 7],
    ["muted", "surface", 4.5],
    ["muted", "sunken", 4.5],
    ["on-go", "go", 4.5],
    ["on-stop", "stop", 4.5],
    ["go-text", "go-soft", 4.5],
    ["stop-text", "surface", 4.5],
    ["go", "surface", 3],
    ["stop", "surface", 3],
    ["focus", "surface", 3],
  ] as const;
  for (const [theme, index] of [
    ["light", 0],
    ["dark", 1],
  ] as const)
    for (const [front, back, least] of pairs)
      it(`${theme}: ${front} on ${back} contrasts at least ${least}`, () => {
        const [one, other] = [tokens.get(front)?.[index], tokens.get(back)?.[index]];
        assert.ok(one && other, "no such token");
        assert.ok(contrast(one, other) >= least, `${one} on ${other} is ${contrast(one, other).toFixed(2)}`);
      });
});
