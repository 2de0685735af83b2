import assert from "node:assert/strict";
import { connect } from "../../../webclient/index.ts";
import { Availability } from "../../../webclient/page/model/availability.ts";
import { Memory } from "../../../webclient/page/model/memory.ts";
import { Preferences } from "../../../webclient/page/model/preferences.ts";
import { FakePlatform, turns } from "../../support/fake-platform.ts";

/** One tab of a browser whose tabs share `store`. */
function tab(store: Map<string, string>) {
  const storage = {
    getItem: (key: string) => store.get(key) ?? null,
    setItem: (key: string, value: string) => void store.set(key, value),
  } as unknown as Storage;
  const preferences = new Preferences(new Memory(() => storage), ["en"]);
  const availability = new Availability(preferences);
  const platform = new FakePlatform();
  const signIn = async () => {
    const session = await connect({ platform, user: "alice@localhost", ...availability.wishes });
    availability.adopt(session);
    return session;
  };
  const said = () =>
    platform.socket.sent.filter(({ type }) => type === "presence.status").map(({ status, note }) => [status, note]);
  return { preferences, availability, platform, signIn, said };
}

describe("what a user says of themselves on the page", () => {
  it("is nothing until they choose", async () => {
    const { platform, signIn, said } = tab(new Map());
    await signIn();
    assert.deepEqual([said(), platform.socket.last("session.open")["status"]], [[], undefined]);
  });

  it("is told at once, and with each later session", async () => {
    const store = new Map<string, string>();
    const first = tab(store);
    await first.signIn();
    first.availability.choose("do-not-disturb", " Exam ");
    assert.deepEqual(first.said(), [["do-not-disturb", "Exam"]]);
    const later = tab(store);
    await later.signIn();
    const { status, note } = later.platform.socket.last("session.open");
    assert.deepEqual([status, note, later.said()], ["do-not-disturb", "Exam", []]);
  });

  it("is said by all tabs of the browser", async () => {
    const store = new Map<string, string>();
    const [one, other] = [tab(store), tab(store)];
    await Promise.all([one.signIn(), other.signIn()]);
    one.availability.choose("away", "");
    other.preferences.recall();
    assert.deepEqual(other.said(), [["away", ""]]);
  });

  it("is told when the connection is back", async () => {
    const { availability, platform, signIn } = tab(new Map());
    const session = await signIn();
    platform.socket.drop();
    availability.choose("busy", "Report");
    platform.page("online");
    await turns(60);
    assert.equal(session.view().state, "connected");
    assert.deepEqual([session.presence.view().status, session.presence.view().note], ["busy", "Report"]);
  });

  it("is online for a status that the browser's memory has from elsewhere", () => {
    assert.equal(tab(new Map([["offhook.status", "in-a-call"]])).preferences.view().status, "online");
  });
});
