import assert from "node:assert/strict";
import type { CallRecord, Contact, SavedContact } from "../../../webclient/index.ts";
import { keyOf, mergePeople } from "../../../webclient/page/model/people.ts";
import { Memory } from "../../../webclient/page/model/memory.ts";
import { printPlace, readPlace } from "../../../webclient/page/model/places.ts";
import { Preferences } from "../../../webclient/page/model/preferences.ts";
import { groupRecords, unseenMissed } from "../../../webclient/page/recents/groups.ts";
import { matchesOf } from "../../../webclient/page/keypad/matches.ts";
import { qualityWord } from "../../../webclient/page/call/quality-word.ts";

const contact = (user: string, name: string, status: Contact["status"] = "online"): Contact => ({
  target: { user },
  name,
  can: ["call"],
  status,
  pages: 1,
  phones: 0,
  groups: [],
});

const saved: SavedContact[] = [
  { contactId: "1", name: "Bobby", targets: [{ target: { user: "bob@x" } }, { target: { tel: "+44207946" } }] },
  { contactId: "2", name: "Élodie", targets: [{ target: { tel: "+33612345678" }, label: "mobile" }] },
];
const people = mergePeople(
  [contact("bob@x", "Bob"), contact("zoe@x", "Zoe", "in-a-call")],
  saved,
  new Intl.Collator("en"),
);

let clock = 1_000_000;
const record = (user: string, direction: CallRecord["direction"]): CallRecord => ({
  reference: `R${(clock -= 1000)}`,
  peer: { target: { user }, can: ["call"] },
  direction,
  at: new Date(clock),
  durationMs: 0,
  end: { by: "remote", reason: "normal", text: "", reference: "", durationMs: 0 },
});

describe("people", () => {
  it("of directory and address book are one list, by name, with presence", () => {
    assert.deepEqual(
      people.map(({ id, name, status }) => [id, name, status]),
      [
        ["saved:1", "Bobby", "online"],
        ["saved:2", "Élodie", "unknown"],
        ["user:zoe@x", "Zoe", "in-a-call"],
      ],
    );
  });

  it("are found however their number is written", () => {
    const canonical = (number: string): string => number.replace(/^0/, "+33");
    assert.equal(keyOf({ tel: "0612345678" }, canonical), keyOf({ tel: "+33612345678" }, canonical));
    assert.equal(keyOf({ user: "Bob@X" }, canonical), "bob@x");
  });

  it("match what stands in the dial field: name, keys, part of a number", () => {
    const found = (typed: string): string[] => matchesOf(typed, people).map(({ name }) => name);
    assert.deepEqual(["bo", "356", "3456", "zo x", "b"].map(found), [["Bobby"], ["Élodie"], ["Élodie"], ["Zoe"], []]);
  });
});

describe("recents", () => {
  const records = [record("a@x", "out"), record("a@x", "in"), record("a@x", "missed"), record("b@x", "missed")];
  const rows = (filter: "all" | "missed") =>
    groupRecords(records, filter, (target) => ("user" in target ? target.user : "")).map(
      (group) => `${group.key} ${group.records.length}`,
    );

  it("are one row for neighbours with the same person; a missed call stands alone", () => {
    assert.deepEqual(rows("all"), ["a@x 2", "a@x 1", "b@x 1"]);
    assert.deepEqual(rows("missed"), ["a@x 1", "b@x 1"]);
  });

  it("count what was missed since somebody looked", () => {
    assert.equal(unseenMissed(records, 0), 2);
    assert.equal(unseenMissed(records, records[3]?.at.getTime() ?? 0), 1);
  });
});

describe("places", () => {
  it("are read from the address and written to it", () => {
    for (const place of [
      { tab: "contacts", item: "user:bob@x/y?z" },
      { tab: "recents", item: "" },
    ] as const)
      assert.deepEqual(readPlace(printPlace(place)), place);
  });

  it("are the home when the address is nothing that the page knows", () => {
    for (const hash of ["", "#", "#/nowhere/x", "#/recents/%E0%A4%A", "#token=x"])
      assert.deepEqual(readPlace(hash), { tab: "recents", item: "" });
  });
});

describe("preferences", () => {
  const store = new Map<string, string>();
  const storage = {
    getItem: (key: string) => store.get(key) ?? null,
    setItem: (key: string, value: string) => void store.set(key, value),
    removeItem: (key: string) => void store.delete(key),
  } as unknown as Storage;
  const open = () => new Preferences(new Memory(() => storage), ["en"]);

  it("have defaults, and are remembered", () => {
    assert.deepEqual([open().view().shortcuts, open().view().theme, open().view().ringVolume], [true, "auto", 0.8]);
    open().choose({ shortcuts: false, theme: "dark", ringVolume: 0.25, microphone: "id" });
    const { shortcuts, theme, ringVolume, microphone } = open().view();
    assert.deepEqual([shortcuts, theme, ringVolume, microphone], [false, "dark", 0.25, "id"]);
  });

  it("take nothing that is not allowed from the storage", () => {
    store.set("offhook.theme", "pink");
    store.set("offhook.ring-volume", "loud");
    assert.deepEqual([open().view().theme, open().view().ringVolume], ["auto", 0.8]);
  });

  it("work where the browser forbids storage", () => {
    const forgetful = new Preferences(
      new Memory(() => {
        throw new Error("no");
      }),
      [],
    );
    forgetful.choose({ theme: "light" });
    assert.equal(forgetful.view().theme, "light");
  });
});

it("quality is a word", () =>
  assert.deepEqual(
    [4.4, 3.8, 3.2, 2].map((mos) => qualityWord({ mos })),
    ["clear", "good", "fair", "weak"],
  ));
