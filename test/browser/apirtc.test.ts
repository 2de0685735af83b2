import assert from "node:assert/strict";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Chromium, hearsTone as chromiumHears } from "../support/chromium.ts";
import { blocks, DocumentedSite, headersOf, placed } from "../support/documented-site.ts";
import { Firefox, hearsTone as firefoxHears } from "../support/firefox.ts";
import { domain, patience, TestGateway } from "../support/gateway.ts";
import { TokenIssuer } from "../support/tokens.ts";
import { until } from "../support/until.ts";

const example = join(resolve(dirname(fileURLToPath(import.meta.url)), "../.."), "examples/apirtc");
const chromiumHz = 440;
const firefoxHz = 1000;
const secret = "a secret of thirty-two characters";

/** What Playwright's and Puppeteer's pages have in common. */
interface Page {
  goto(url: string): Promise<unknown>;
  evaluate(script: string): Promise<unknown>;
  readonly mouse: { move(x: number, y: number): Promise<void>; down(): Promise<void>; up(): Promise<void> };
}

/** The page of the old style, as a user sees and presses it. */
class OldPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async open(origin: string, id: string): Promise<void> {
    await this.#page.goto(`${origin}/?id=${id}`);
    await this.shows("me", id);
  }

  press(id: string): Promise<unknown> {
    return this.#page.evaluate(`document.getElementById("${id}").click()`);
  }

  fill(id: string, text: string): Promise<unknown> {
    return this.#page.evaluate(`document.getElementById("${id}").value = ${JSON.stringify(text)}`);
  }

  run(script: string): Promise<unknown> {
    return this.#page.evaluate(script);
  }

  /** A line across the element. */
  async draw(selector: string): Promise<void> {
    const place = `(({ left, top }) => [left, top])(document.querySelector("${selector}").getBoundingClientRect())`;
    await this.#page.evaluate(`document.querySelector("${selector}").scrollIntoView({ block: "center" })`);
    const [left, top] = (await this.#page.evaluate(place)) as [number, number];
    const { mouse } = this.#page;
    await mouse.move(left + 40, top + 150);
    await mouse.down();
    for (let x = 60; x <= 200; x += 20) await mouse.move(left + x, top + 150 + (x % 40));
    await mouse.up();
  }

  async shows(id: string, text: string): Promise<void> {
    let seen = "";
    const look = async (): Promise<boolean> => {
      seen = String(await this.#page.evaluate(`document.getElementById("${id}").innerText`));
      return seen.includes(text);
    };
    await until(`"${text}" in ${id}`, look, 15_000).catch(() => assert.ok(seen.includes(text), `${id}: ${seen}`));
  }
}

/** The page of examples/apirtc in two browsers, against a gateway. */
describe("a page in the style of ApiRTC", function () {
  this.timeout(patience + 30_000);
  let gateway: TestGateway;
  let site: DocumentedSite;
  let browsers: readonly [Chromium, Firefox];
  let alice: OldPage;
  let bob: OldPage;
  let hears: { alice(): Promise<unknown>; bob(): Promise<unknown> };

  before(async () => {
    site = await DocumentedSite.open();
    gateway = await TestGateway.start({
      accounts: [{ user: `bob@${domain}`, name: "Bob", autoAnswer: true }],
      settings: { http: { origins: [site.origin] }, auth: { secret } },
    });
    browsers = await Promise.all([
      Chromium.launch({ toneHz: chromiumHz }),
      Firefox.launch({ toneHz: firefoxHz }),
    ] as const);
    const places = { gateway, shop: site.origin };
    const issuer = new TokenIssuer(secret, "HS256");
    const named = async (name: string) => [name, await issuer.token({ sub: `${name}@${domain}`, name })] as const;
    const tokens = new Map(await Promise.all(["alice", "bob"].map(named)));
    site.folder(example, (text) => placed(text, places));
    const { read } = site;
    site.read = (path, query) => (path === "/token" ? tokens.get(query.get("id") ?? "") : read(path, query));
    [site.headers = {}] = blocks(join(example, "README.md"), "http").map((block) => headersOf(placed(block, places)));
    const [chromium, firefox] = await Promise.all([browsers[0].page(), browsers[1].page()]);
    [alice, bob] = [new OldPage(chromium), new OldPage(firefox)];
    hears = {
      alice: () => chromiumHears(chromium, firefoxHz, chromiumHz),
      bob: () => firefoxHears(firefox, chromiumHz, firefoxHz),
    };
    await alice.open(site.origin, "alice");
    await bob.open(site.origin, "bob");
  });

  after(async () => {
    await Promise.all([alice, bob].map((page) => page?.run("apiRTC.disconnect()")));
    await Promise.all((browsers ?? []).map((browser) => browser.close()));
    await gateway?.assertIdle();
    await gateway?.stop();
    await site?.close();
  });

  it("sees who is in its groups", async () => {
    await alice.shows("users", "bob");
    await bob.shows("users", "alice");
  });

  it("chats and sends data, and text stays text", async () => {
    await alice.fill("dest", "bob");
    await alice.fill("text", "<b>Hello</b>");
    await alice.press("send");
    await bob.shows("log", "alice writes: <b>Hello</b>");
    await alice.press("point");
    await bob.shows("log", "alice points at 3, 4");
  });

  it("chats in a group", async () => {
    await bob.run(`apiRTC.addEventListener("groupChatInvitation", (e) => {
      imClient.answerToGroupChatInvitation(e.detail.groupChatId, true);
    });
    apiRTC.addEventListener("receiveGroupChatMessage", (e) => log("group: " + e.detail.message))`);
    await alice.run(`apiRTC.addEventListener("groupChatMemberUpdate", ({ detail }) => {
      if (detail.contactList.some(({ contactId }) => contactId === "bob"))
        imClient.sendMessageToGroupChat(detail.groupChatId, "to all of us");
    });
    imClient.createGroupChat("bob", "carol")`);
    await bob.shows("log", "group: to all of us");
  });

  for (const [caller, callee] of [
    ["alice", "bob"],
    ["bob", "alice"],
  ] as const)
    it(`calls from ${caller} to ${callee}, with sound both ways`, async () => {
      const [calling, called] = caller === "alice" ? [alice, bob] : [bob, alice];
      await calling.fill("dest", callee);
      await calling.press("call");
      await called.shows("state", `${caller} calls`);
      await called.press("accept");
      await calling.shows("state", `in a call with ${callee}`);
      await called.shows("state", `in a call with ${caller}`);
      await Promise.all([hears.alice(), hears.bob()]);
      await called.press("hangup");
      await called.shows("log", "hangup: Hangup_From_Callee");
      await calling.shows("log", "remoteHangup: Hangup_From_Callee");
    });

  it("hears why nobody takes the call", async () => {
    await alice.fill("dest", "nobody");
    await alice.press("call");
    await alice.shows("log", "remoteHangup: User_Not_Found");
  });

  it("answers by itself where the account allows it, and nowhere else", async () => {
    const refused = await alice.run(`(() => {
      try {
        webRTCClient.setUserAcceptOnIncomingCall(false);
      } catch ({ code, message }) {
        return code + ": " + message;
      }
    })()`);
    assert.match(String(refused), /^unsupported: .*autoAnswer of the account/);
    await bob.run(`webRTCClient.setUserAcceptOnIncomingCall(false)`);
    await alice.fill("dest", "bob");
    await alice.press("call");
    await alice.shows("state", "in a call with bob");
    await bob.shows("state", "in a call with alice");
    await Promise.all([hears.alice(), hears.bob()]);
    await alice.press("hangup");
    await bob.shows("log", "remoteHangup: Hangup_From_Caller");
    await bob.run(`webRTCClient.setUserAcceptOnIncomingCall(true)`);
  });

  it("draws together on a whiteboard", async () => {
    const prepare = `
      document.body.append(Object.assign(document.createElement("canvas"), { id: "paper", width: 400, height: 300 }));
      for (const type of ["roomCreation", "roomInvitation", "contactListInRoom", "closingWhiteBoard"])
        apiRTC.addEventListener(type, ({ detail }) => log(type + " " + JSON.stringify(detail.contactList ?? detail.reason ?? "")));
      apiRTC.addEventListener("roomCreation", ({ detail }) => (window.room = detail.roomId));
      apiRTC.addEventListener("roomInvitation", ({ detail }) => (window.room = detail.roomId));
      window.board = apiRTC.session.createWhiteBoard("paper", null, null)`;
    await Promise.all([alice.run(`{${prepare}}`), bob.run(`{${prepare}}`)]);
    await alice.run("board.createRoom()");
    await alice.shows("log", "roomCreation");
    await alice.run(`board.inviteInRoom(room, "bob")`);
    await bob.shows("log", "roomInvitation");
    await bob.run("board.answerToRoomInvitation(room, true)");
    await alice.shows("log", 'contactListInRoom ["alice","bob"]');
    await alice.run(
      `board.setBrushColor("red"); board.setBrushSize(6); board.printSharedText(20, 20, "Hello Bob", 30)`,
    );
    const seen = (page: OldPage): Promise<unknown> =>
      page.run("JSON.stringify(board.drawElements.map(({ kind, color, text, size }) => [kind, color, text, size]))");
    const hello = JSON.stringify([["text", "#ff0000", "Hello Bob", 30]]);
    await until("the text at bob's", async () => (await seen(bob)) === hello);
    await bob.run(`board.setDrawingTool("pen")`);
    await until("bob's paper", () => bob.run(`!!document.querySelector("[data-offhook-paper] canvas")`));
    // By hand, on the element that took the canvas's place.
    await bob.draw("[data-offhook-paper]");
    await until("the stroke at alice's", async () => /"stroke","#1d1c17"/.test(String(await seen(alice))));
    await bob.run("board.undo()");
    await until("it is gone again", async () => (await seen(alice)) === hello);
    await alice.run("board.clearPaper()");
    await until("nothing is left", async () => (await seen(bob)) === "[]");
    await alice.run(`board.setDrawingTool("chisel")`);
    await alice.run("board.leaveRoom(room)");
    await alice.shows("log", 'closingWhiteBoard "left"');
    await bob.run("board.leaveRoom(room)");
    await bob.shows("log", 'closingWhiteBoard "left"');
  });

  it("says what to use instead of what is gone", async () => {
    const text = await alice.run(`(() => {
      try {
        webRTCClient.joinMCUSession("room");
      } catch ({ code, message }) {
        return code + ": " + message;
      }
    })()`);
    assert.match(String(text), /^unsupported: .*session\.call\(\{ room \}\)/);
  });
});
