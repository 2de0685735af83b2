import assert from "node:assert/strict";
import { fitsText, keysOf, spells } from "../../../webclient/page/numbers/key-letters.ts";
import { homeCountry, PhoneNumbers, simpleGroups } from "../../../webclient/page/numbers/phone-numbers.ts";

describe("telephone numbers", () => {
  const french = new PhoneNumbers();
  before(() => french.load("FR"));

  it("are grouped simply until the numbering plans are there", () => {
    const grouped = ["600", "0612345678", "+442079460958", "12345", "bob"].map(simpleGroups);
    assert.deepEqual(grouped, ["600", "06 12 34 56 78", "+44 207 946 0958", "12345", "bob"]);
  });

  it("are grouped as their country writes them, while they are typed", () => {
    const grouped = ["06123", "0612345678", "+442079460958", "+13125550142", "600", "*31#", "bob@x"].map((number) =>
      french.group(number),
    );
    assert.deepEqual(grouped, [
      "06 12 3",
      "06 12 34 56 78",
      "+44 20 7946 0958",
      "+1 312 555 0142",
      "600",
      "*31#",
      "bob@x",
    ]);
  });

  it("fall back to simple groups where the country has no rule", async () => {
    const british = new PhoneNumbers();
    await british.load("GB");
    assert.equal(british.group("0612345678"), "06 12 34 56 78");
  });

  it("belong to a country, and are equal in both their forms", () => {
    assert.equal(french.country("+442079460958"), "GB");
    assert.equal(french.country("0612345678"), "FR");
    assert.equal(french.country("600"), undefined);
    assert.equal(french.canonical("0612345678"), "+33612345678");
    assert.equal(french.canonical("600"), "600");
  });

  it("know the country of a browser", () => {
    assert.deepEqual(["fr-CA", "fr", "cs", "?"].map(homeCountry), ["CA", "FR", "CZ", undefined]);
  });
});

describe("names on the keys", () => {
  it("are spelled without accents", () => assert.equal(keysOf("Élodie M."), "356343 6."));

  const rows: [digits: string, name: string, fits: boolean][] = [
    ["26", "Bob Keller", true],
    ["262", "Ana Lopez", true],
    ["5355", "Bob Keller", true],
    ["2625355", "Bob Keller", true],
    ["356", "Élodie", true],
    ["2355", "Bob Keller", false],
    ["3", "Élodie", false],
    ["10", "Jo", false],
  ];
  for (const [digits, name, fits] of rows)
    it(`${digits} ${fits ? "spells" : "does not spell"} ${name}`, () => assert.equal(spells(digits, name), fits));

  it("are found by the beginnings of their words, in any order", () => {
    assert.ok(fitsText("kel bo", ["Bob Keller"], []));
    assert.ok(fitsText("elo", ["Élodie"], []));
    assert.ok(fitsText("1234", ["Élodie"], ["+33612345678"]));
    assert.ok(!fitsText("eller", ["Bob Keller"], []));
  });
});
