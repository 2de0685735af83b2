import assert from "node:assert/strict";
import type { PushNote } from "../../../gateway/protocol/push-values.ts";
import { noteActs } from "../../../webclient/page/worker/note-shown.ts";

const from = { target: { user: "bob@a.example" }, name: "Bob", can: ["call"] } as const;
const caller = { target: { tel: "+33123" }, number: "+33123", can: ["call"] } as const;
const call: PushNote = { type: "call", callId: "c1", from, at: 1, waitMs: 20_000, decline: "push/decline/x" };

describe("what a closed page shows", () => {
  it("of a call: who it is, until somebody answers or declines", () => {
    const { close, show } = noteActs(call, "en");
    assert.deepEqual(close, []);
    assert.deepEqual([show?.title, show?.body, show?.tag], ["Bob is calling", "bob@a.example", "c1"]);
    assert.deepEqual(show?.data, { callId: "c1", decline: "push/decline/x" });
    assert.deepEqual(
      show?.actions?.map(({ action, title }) => `${action} ${title}`),
      ["answer Answer", "decline Decline"],
    );
    assert.ok(show?.requireInteraction);
  });

  it("speaks as the subscription says, else as the browser does", () => {
    assert.equal(noteActs(call, "fr").show?.title, "Bob appelle");
    assert.equal(noteActs({ ...call, language: "fr" }, "en").show?.title, "Bob appelle");
    assert.equal(noteActs({ ...call, from: caller }, "en").show?.title, "+33123 is calling");
    assert.equal(noteActs({ ...call, from: caller }, "en").show?.body, "");
  });

  it("of a call that is over: nothing, or that it was missed", () => {
    const over = { type: "call-over", callId: "c1", from } as const;
    assert.deepEqual(noteActs({ ...over, missed: false }, "en"), { close: ["c1"] });
    const { close, show } = noteActs({ ...over, missed: true }, "en");
    assert.deepEqual(
      [close, show?.title, show?.tag, show?.data.place, show?.silent],
      [["c1"], "Missed call from Bob", "missed c1", "#/recents", true],
    );
  });

  for (const [what, more, title, body, place] of [
    ["a text", { text: "Hello" }, "Bob", "Hello", "#/chats/user%3Abob%40a.example"],
    ["a file", { text: "", files: 1 }, "Bob", "Sent a file", "#/chats/user%3Abob%40a.example"],
    ["a hidden text", {}, "Bob", "New message", "#/chats/user%3Abob%40a.example"],
    ["a group", { of: { group: "g1" }, group: "Team", text: "Hi" }, "Team", "Bob: Hi", "#/chats/group%3Ag1"],
  ] as const)
    it(`of ${what}`, () => {
      const { show } = noteActs({ type: "message", of: from.target, number: 3, from, ...more }, "en");
      assert.deepEqual([show?.title, show?.body, show?.data.place], [title, body, place]);
    });
});
