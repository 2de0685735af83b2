import assert from "node:assert/strict";
import { AddressBook } from "../../../gateway/directory/address-book.ts";
import { History } from "../../../gateway/directory/history.ts";
import { MemoryUserStore } from "../../../gateway/directory/memory/memory-user-store.ts";

const alice = { domain: "a.example", name: "alice" };
const bob = { domain: "a.example", name: "bob" };

describe("somebody's last calls", () => {
  let now = 0;
  const entry = (at: number) => ({ reference: `R${at}`, at });
  const stage = (entries = 3): History<{ reference: string; at: number }> => {
    now = 100;
    return new History(new MemoryUserStore(), { entries, age: 100 }, () => now);
  };
  const references = async (history: History<{ reference: string; at: number }>, limit = 10, before?: string) => {
    const { entries, more } = await history.list(alice, { limit, ...(before !== undefined && { before }) });
    return [...entries.map(({ reference }) => reference), ...(more ? ["…"] : [])];
  };

  it("come newest first, whatever ended first", async () => {
    const history = stage();
    for (const at of [20, 30, 10]) await history.add(alice, entry(at));
    assert.deepEqual(await references(history), ["R30", "R20", "R10"]);
    assert.deepEqual((await history.list(bob, { limit: 9 })).entries, []);
  });

  it("are counted: the oldest goes", async () => {
    const history = stage();
    for (const at of [10, 20, 30, 40]) await history.add(alice, entry(at));
    assert.deepEqual(await references(history), ["R40", "R30", "R20"]);
  });

  it("grow old", async () => {
    const history = stage();
    for (const at of [10, 60]) await history.add(alice, entry(at));
    now = 150;
    assert.deepEqual(await references(history), ["R60"]);
  });

  it("come in pages", async () => {
    const history = stage(9);
    for (const at of [10, 20, 30, 40, 50]) await history.add(alice, entry(at));
    assert.deepEqual(await references(history, 2), ["R50", "R40", "…"]);
    assert.deepEqual(await references(history, 2, "R40"), ["R30", "R20", "…"]);
    assert.deepEqual(await references(history, 2, "R20"), ["R10"]);
  });

  it("written at the same moment are all kept", async () => {
    const history = stage(50);
    await Promise.all(Array.from({ length: 50 }, (_, at) => history.add(alice, entry(at))));
    assert.equal((await references(history, 100)).length, 50);
  });

  it("are forgotten by reference, or all", async () => {
    const history = stage();
    for (const at of [10, 20, 30]) await history.add(alice, entry(at));
    await history.forget(alice, ["R20", "R99"]);
    assert.deepEqual(await references(history), ["R30", "R10"]);
    await history.forget(alice);
    assert.deepEqual(await references(history), []);
  });
});

describe("somebody's own contacts", () => {
  const card = (contactId: string, name = contactId) => ({ contactId, name });

  it("are added, replaced and removed", async () => {
    const book = new AddressBook<{ contactId: string; name: string }>(new MemoryUserStore());
    await book.put(alice, card("1"));
    await book.put(alice, card("2"));
    assert.deepEqual(await book.put(alice, card("1", "new")), [card("2"), card("1", "new")]);
    assert.deepEqual(await book.remove(alice, "2"), [card("1", "new")]);
    assert.deepEqual(await book.remove(alice, "none"), [card("1", "new")]);
    assert.deepEqual(await book.list(bob), []);
  });

  it("are so many and no more; the full book is as it was", async () => {
    const book = new AddressBook<{ contactId: string; name: string }>(new MemoryUserStore(), 2);
    for (const id of ["1", "2"]) await book.put(alice, card(id));
    await assert.rejects(book.put(alice, card("3")), { code: "book-full" });
    await book.put(alice, card("2", "replaced"));
    assert.deepEqual(await book.list(alice), [card("1"), card("2", "replaced")]);
  });
});
