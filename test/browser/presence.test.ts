import assert from "node:assert/strict";
import { domain, patience, TestGateway } from "../support/gateway.ts";
import { pageTools } from "../support/screens.ts";
import { chromiumTab, firefoxTab, plain, type Tab } from "../support/tab.ts";
import { until } from "../support/until.ts";

const prepared = `
  try {
    localStorage.setItem("offhook.checked", "on");
    localStorage.setItem("offhook.language", "en");
  } catch {}`;

/** Two people in two browsers: one says how available they are, the other one sees it. */
describe("presence on the page", function () {
  this.timeout(patience);
  let gateway: TestGateway;
  let tabs: readonly [Tab, Tab];

  before(async () => {
    [gateway, tabs] = await Promise.all([
      TestGateway.start(),
      Promise.all([chromiumTab(prepared), firefoxTab(prepared)]),
    ]);
  });

  after(async () => {
    await Promise.all((tabs ?? []).map((tab) => tab.close()));
    await gateway?.assertIdle();
    await gateway?.stop();
  });

  const shows = (tab: Tab, what: string, script: string, wanted: RegExp): Promise<unknown> => {
    let seen: unknown;
    return until(what, async () => wanted.test(String((seen = await tab.evaluate(script)))) || undefined, 10_000).catch(
      () => assert.match(String(seen), wanted, what),
    );
  };
  const innerText = (selector: string): string => `find(${JSON.stringify(selector)})?.innerText ?? ""`;
  const rowOf = (name: string): string => `[...(find("[data-testid=contacts]")?.querySelectorAll(".open") ?? [])]
    .find((row) => row.innerText.includes(${JSON.stringify(name)}))?.innerText ?? ""`;
  const choose = (tab: Tab, status: string): Promise<unknown> =>
    tab.evaluate(`find("[data-testid=status]").querySelector("input[value=${status}]").click()`);

  async function arrive(tab: Tab, stage: string): Promise<void> {
    await tab.goto(gateway.url);
    await tab.evaluate(pageTools);
    await until("the page", () => tab.evaluate(`offhook.phone.door.view().stage === "${stage}"`), 20_000);
  }

  async function enter(tab: Tab, name: string, place: string): Promise<void> {
    await arrive(tab, "signed-out");
    await tab.evaluate(`offhook.phone.signIn({ user: "${name}@${domain}" })`);
    await tab.look({ ...plain, theme: "light", size: { width: 1280, height: 800 } });
    await tab.evaluate(`location.hash = "#/${place}"`);
  }

  for (const [first, second] of [
    [0, 1],
    [1, 0],
  ] as const)
    it(`is said in ${["Chromium", "Firefox"][first]} and seen in ${["Chromium", "Firefox"][second]}`, async () => {
      const [bob, alice] = [tabs[first], tabs[second]];
      await enter(bob, "bob", "settings/status");
      await enter(alice, "alice", "contacts");
      await shows(alice, "bob online", rowOf("Bob"), /Online$/);

      await bob.evaluate(`{
        const note = find("[name=note]");
        note.value = "<b>Exam</b> until four";
        note.dispatchEvent(new Event("change"));
      }`);
      await shows(alice, "the note as text", rowOf("Bob"), /Online: <b>Exam<\/b> until four$/);
      await choose(bob, "away");
      await shows(alice, "bob away", rowOf("Bob"), /Away: /);
      await choose(bob, "invisible");
      await shows(alice, "bob gone", rowOf("Bob"), /Offline$/);

      await choose(bob, "do-not-disturb");
      await shows(alice, "bob undisturbed", rowOf("Bob"), /Do not disturb: /);
      await alice.evaluate(`void offhook.phone.stage.call({ user: "bob@${domain}" })`);
      await shows(alice, "the end of the call", innerText("[data-testid=end]"), /^Bob does not want to be disturbed\./);
      assert.equal(await bob.evaluate(`!!find("[data-testid=incoming]")`), false);
      await shows(bob, "the missed call", `offhook.session.calls.view().recents[0]?.direction`, /^missed$/);
      await shows(bob, "the notice", innerText("[data-testid=undisturbed]"), /Do not disturb is on/);

      // What was chosen outlives a reload.
      await bob.goto("about:blank");
      await arrive(bob, "signed-in");
      await shows(alice, "bob undisturbed again", rowOf("Bob"), /Do not disturb: /);
      await bob.evaluate(`find("[data-testid=undisturbed]").querySelector("button").click()`);
      await shows(alice, "bob online again", rowOf("Bob"), /Online: /);

      await bob.evaluate(`offhook.phone.availability.choose("online", "")`);
      await Promise.all([bob, alice].map((tab) => tab.evaluate("offhook.phone.signOut()")));
    });
});
