import assert from "node:assert/strict";
import { readCsv, readRows } from "../../../webclient/page/contacts/csv.ts";

describe("a CSV file", () => {
  it("is read with quotes, line breaks inside them, empty cells and any separator (RFC 4180)", () => {
    assert.deepEqual(readRows('a,"b ""c""",\r\n"two\nlines",,3'), [
      ["a", 'b "c"', ""],
      ["two\nlines", "", "3"],
    ]);
    assert.deepEqual(readRows("\ufeffa;b\n1;2\n"), [
      ["a", "b"],
      ["1", "2"],
    ]);
    assert.deepEqual(readRows("a\tb"), [["a", "b"]]);
    assert.deepEqual(readRows(""), []);
  });

  it("of Google gives names with labelled numbers", () => {
    const text = [
      "First Name,Last Name,Notes,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value",
      'Zoé,Petit,"Meter, second floor",* Mobile,+33 6 12 34 56 78 ::: +33 1 86 26 00 10,Work,no number',
    ].join("\r\n");
    assert.deepEqual(readCsv(text), [
      {
        name: "Zoé Petit",
        targets: [
          { target: { tel: "+33612345678" }, label: "mobile" },
          { target: { tel: "+33186260010" }, label: "mobile" },
        ],
        note: "Meter, second floor",
      },
    ]);
  });

  it("of Outlook takes the label from the heading", () => {
    const text = "First Name,Last Name,Business Phone,Mobile Phone\nBob,Keller,(020) 7946-0958,\n";
    assert.deepEqual(readCsv(text), [
      { name: "Bob Keller", targets: [{ target: { tel: "02079460958" }, label: "business" }] },
    ]);
  });

  it("of a French spreadsheet, with SIP addresses", () => {
    const text = "Nom;Prénom;Téléphone portable;SIP\nMarchand;Élodie;06 12 34 56 78;sip:elodie@example.org\n";
    assert.deepEqual(readCsv(text), [
      {
        name: "Élodie Marchand",
        targets: [
          { target: { tel: "0612345678" }, label: "portable" },
          { target: { sip: "sip:elodie@example.org" }, label: "sip" },
        ],
      },
    ]);
  });

  it("gives nobody without a name and a number, whatever stands in it", () => {
    assert.deepEqual(readCsv("Name,Phone\n,+331\nBob,\n<script>,=cmd()\n"), []);
    assert.deepEqual(readCsv('no headings at all "'), []);
    assert.equal(readCsv(`Name,Phone\n${"x".repeat(300)},+331`)[0]?.name.length, 128);
  });
});
