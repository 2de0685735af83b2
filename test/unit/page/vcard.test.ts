import assert from "node:assert/strict";
import { readVcards } from "../../../webclient/page/contacts/vcard.ts";

const card = (...lines: string[]): string => ["BEGIN:VCARD", ...lines, "END:VCARD"].join("\r\n");

describe("a vCard file", () => {
  it("gives names with their numbers and SIP addresses (vCard 4.0)", () => {
    const text = card(
      "VERSION:4.0",
      "FN:Zoé Petit",
      'TEL;VALUE=uri;TYPE="voice,cell":tel:+33-6-12-34-56-78;ext=5',
      "IMPP;PREF=1:sip:zoe@example.org",
      "EMAIL:zoe@example.org",
      "NOTE:Meter\\, second floor\\nring twice",
    );
    assert.deepEqual(readVcards(text), [
      {
        name: "Zoé Petit",
        targets: [{ target: { tel: "+33612345678" }, label: "cell" }, { target: { sip: "sip:zoe@example.org" } }],
        note: "Meter, second floor ring twice",
      },
    ]);
  });

  it("is unfolded, grouped and structured (vCard 3.0)", () => {
    const text = card("VERSION:3.0", "N:Keller;Bob;;Dr.;", "item1.TEL;TYPE=WORK,VOICE:+44 20", "  7946 0958");
    assert.deepEqual(readVcards(text), [
      { name: "Bob Keller", targets: [{ target: { tel: "+442079460958" }, label: "work" }] },
    ]);
  });

  it("is quoted-printable (vCard 2.1)", () => {
    const text = card(
      "VERSION:2.1",
      "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=89lodie=",
      " Marchand",
      "TEL;CELL:0612345678",
    );
    assert.deepEqual(readVcards(text)[0]?.name, "Élodie Marchand");
    assert.deepEqual(readVcards(text)[0]?.targets, [{ target: { tel: "0612345678" }, label: "cell" }]);
  });

  it("holds several people; who has no number is left out, and so is rubbish", () => {
    const text = [
      card("FN:Ann", "TEL:600"),
      card("FN:Nobody", "EMAIL:x@y.z"),
      card("TEL:601"),
      card("FN:Sam", "TEL:call me", "TEL:602"),
      "no card at all",
    ].join("\n");
    assert.deepEqual(
      readVcards(text).map(({ name, targets }) => [name, targets.length]),
      [
        ["Ann", 1],
        ["Sam", 1],
      ],
    );
    assert.deepEqual(readVcards(""), []);
  });

  it("cannot bring more than the address book takes", () => {
    const [contact] = readVcards(card(`FN:${"x".repeat(500)}`, ...Array.from({ length: 30 }, (_, n) => `TEL:60${n}`)));
    assert.equal(contact?.name.length, 128);
    assert.equal(contact?.targets.length, 10);
    assert.doesNotMatch(readVcards(card("FN:A\u0007B", "TEL:1"))[0]?.name ?? "", /\u0007/);
  });
});
