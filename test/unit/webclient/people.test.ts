import assert from "node:assert/strict";
import type { CallRecordInfo, SavedContact } from "../../../gateway/protocol/values.ts";
import { connect, type Session } from "../../../webclient/index.ts";
import { FakePlatform, turns } from "../../support/fake-platform.ts";

const record = (reference: string, at: number): CallRecordInfo => ({
  reference,
  peer: { target: { user: "bob@localhost" }, can: ["call"] },
  direction: "in",
  at,
  durationMs: 1_000,
  end: { by: "remote", reason: "normal", text: "The call has ended." },
});

async function stage(records: readonly CallRecordInfo[] = []): Promise<{ platform: FakePlatform; session: Session }> {
  const platform = new FakePlatform();
  platform.answers.set("history.list", () => ({ type: "history", records, more: false }));
  return { platform, session: await connect({ user: "alice@localhost", platform }) };
}

const recents = (session: Session): string[] => session.calls.view().recents.map(({ reference }) => reference);

describe("the last calls", () => {
  it("are asked for only by who wants them", async () => {
    const { platform, session } = await stage([record("AAAAAA", 1)]);
    platform.socket.fact({ type: "history.added", record: record("BBBBBB", 2) });
    assert.deepEqual(recents(session), []);
    assert.ok(!platform.socket.sent.some(({ type }) => type === "history.list"));
  });

  it("come newest first, with times as dates and the whole end", async () => {
    const { session } = await stage([record("AAAAAA", 5)]);
    const [first] = await session.calls.history();
    assert.deepEqual(first?.at, new Date(5));
    assert.deepEqual(first?.end, {
      by: "remote",
      reason: "normal",
      text: "The call has ended.",
      reference: "AAAAAA",
      durationMs: 1_000,
    });
  });

  it("stay up to date: new ones, ones forgotten here or elsewhere", async () => {
    const { platform, session } = await stage([record("AAAAAA", 1), record("BBBBBB", 2)]);
    await session.calls.history();
    platform.socket.fact({ type: "history.added", record: record("CCCCCC", 3) });
    assert.deepEqual(recents(session), ["CCCCCC", "BBBBBB", "AAAAAA"]);
    platform.socket.fact({ type: "history.forgotten", references: ["BBBBBB"] });
    assert.deepEqual(recents(session), ["CCCCCC", "AAAAAA"]);
    await session.calls.forget();
    assert.deepEqual(recents(session), []);
  });

  it("are asked for again after a loss", async () => {
    const { platform, session } = await stage([record("AAAAAA", 1)]);
    await session.calls.history();
    platform.answers.set("history.list", () => ({ type: "history", records: [record("BBBBBB", 2)], more: false }));
    platform.socket.drop();
    platform.page("online");
    await turns(40);
    assert.deepEqual(recents(session), ["BBBBBB", "AAAAAA"]);
  });
});

describe("the address book", () => {
  it("gives new contacts an id, keeps that of known ones, and shows what the gateway keeps", async () => {
    const { platform, session } = await stage();
    const card = { name: "Bob", targets: [{ target: { tel: "+33123456789" } }] };
    const contactId = await session.contacts.put(card);
    assert.equal(await session.contacts.put({ ...card, contactId, name: "Robert" }), contactId);
    const sent = platform.socket.last("contact.put")["contact"] as SavedContact;
    assert.deepEqual(sent, { ...card, contactId, name: "Robert" });
    platform.socket.fact({ type: "contacts.saved", contacts: [sent] });
    assert.deepEqual(session.contacts.view().saved, [sent]);
    await session.contacts.remove(contactId);
    assert.equal(platform.socket.last("contact.remove")["contactId"], contactId);
  });
});

describe("the line", () => {
  it("is what the gateway says", async () => {
    const { platform, session } = await stage();
    const line = { address: "alice@localhost", phones: [], trunks: ["carrier"], missing: [] };
    platform.answers.set("line.show", () => ({ type: "line", line }));
    assert.deepEqual(await session.line(), line);
  });
});
