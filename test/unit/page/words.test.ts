import assert from "node:assert/strict";
import { endReasons } from "../../../gateway/protocol/causes.ts";
import { detailsOf, errorCodes } from "../../../webclient/error-kinds.ts";
import { hasSwitch, problemWords } from "../../../webclient/page/words/problem-words.ts";
import { talked, timer, whenLong, whenShort } from "../../../webclient/page/words/times.ts";
import { english } from "../../../webclient/page/words/english.ts";
import { french } from "../../../webclient/page/words/french.ts";
import { language, languageOf, speak, words } from "../../../webclient/page/words/words.ts";

const agents = ["Mozilla/5.0 Firefox/153.0", "Mozilla/5.0 Chrome/156.0 Safari/537.36", "Version/19 Safari/605", "x"];
const end = { by: "remote", text: "Ask again." } as const;

/** Every entry of a catalogue with its path: functions by the number of what they take. */
function entries(node: unknown, path = ""): [path: string, kind: string][] {
  if (typeof node === "string") return [[path, "text"]];
  if (typeof node === "function") return [[path, "sentence"]];
  return Object.entries(node as object).flatMap(([name, value]) => entries(value, `${path}/${name}`));
}

const textAt = (catalogue: unknown, path: string): string =>
  path
    .split("/")
    .slice(1)
    .reduce((node, name) => (node as Record<string, unknown>)[name], catalogue) as string;

/** Words that both languages share. */
const shared = new Set([
  "product",
  "contacts/title",
  "nav/contacts",
  "contacts/can/chat",
  "contacts/note",
  "settings/notifications",
]);

describe("the text catalogue", () => {
  it("has every entry in both languages", () => {
    const sorted = (catalogue: object) => entries(catalogue).sort().join("\n");
    assert.equal(sorted(french), sorted(english));
  });

  it("is translated, not copied", () => {
    const same = entries(english)
      .filter(([path, kind]) => kind === "text" && textAt(english, path) === textAt(french, path))
      .map(([path]) => path.slice(1))
      .filter((path) => !shared.has(path) && textAt(english, `/${path}`) !== "");
    assert.ok(same.length < 12, same.join(", "));
  });

  it("calls nothing an error, and ends sentences", async () => {
    for (const catalogue of [english, french]) {
      for (const reason of endReasons) {
        const { title } = catalogue.ends[reason]("Bob", end);
        assert.match(title, /^\p{L}.*\.$/u, title);
      }
      for (const [path, kind] of entries(catalogue))
        if (kind === "text") assert.doesNotMatch(textAt(catalogue, path), /error|erreur/i);
    }
  });

  it("follows the browser's list of languages, then the user", async () => {
    assert.deepEqual(
      [["fr-CA", "en"], ["de", "fr"], ["de"], []].map((tags) => languageOf(tags)),
      ["fr", "fr", "en", "en"],
    );
    await speak("fr");
    assert.equal(language, "fr");
    assert.equal(words.nav.recents, "Récents");
    assert.equal(words.recents.calls(1), "1 appel");
    await speak("en");
    assert.equal(words.nav.recents, "Recents");
  });
});

describe("what the page says about problems", () => {
  for (const code of errorCodes) {
    for (const detail of [undefined, ...detailsOf(code)]) {
      it(`${code}${detail ? ` ${detail}` : ""} has words in both languages`, async () => {
        for (const language of ["fr", "en"] as const) {
          await speak(language);
          const { title } = problemWords(code, detail, agents[0] ?? "");
          assert.match(title, /\.$/);
          const own = detail === undefined || words.causes[code]?.[detail] !== undefined;
          assert.ok(own, "the detail has no words of its own");
        }
      });
    }
  }

  it("says where this browser keeps the switch of the microphone", () => {
    const texts = agents.map((agent) => problemWords("microphone-denied", "user", agent).text);
    assert.equal(new Set(texts).size, agents.length);
    assert.ok(hasSwitch("microphone-denied", undefined) && !hasSwitch("microphone-denied", "system"));
  });
});

describe("times", () => {
  const now = new Date(2026, 10, 20, 15, 0);
  const at = (day: number, hour = 9, month = 10, year = 2026) => new Date(year, month, day, hour, 5);

  it("say when a call was, shorter the nearer", () => {
    const said = [at(20), at(19, 23), at(17), at(2), at(3, 9, 1, 2024)].map((when) => whenShort(when, now));
    assert.match(said[0] ?? "", /^9:05/);
    assert.deepEqual(said.slice(1, 3), ["Yesterday", "Tue"]);
    assert.match(said[3] ?? "", /Nov/);
    assert.match(said[4] ?? "", /24/);
    assert.match(whenLong(at(20), now), /^Today, 9:05/);
    assert.match(whenLong(at(2), now), /Monday, November 2, 2026/);
  });

  it("measure a call", () => {
    assert.deepEqual([0, 999, 61_000, 3_723_000].map(timer), ["00:00", "00:00", "01:01", "1:02:03"]);
    assert.deepEqual([80, 41_000, 720_000, 3_900_000].map(talked), ["1 sec", "41 sec", "12 min", "1 hr 5 min"]);
  });
});
