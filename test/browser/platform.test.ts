import assert from "node:assert/strict";
import { CuttingProxy } from "../support/cutting-proxy.ts";
import { domain, patience, TestGateway } from "../support/gateway.ts";
import { LibraryUser } from "../support/library-user.ts";
import { chromiumTab, firefoxTab, type Tab } from "../support/tab.ts";
import { TokenIssuer } from "../support/tokens.ts";
import { until } from "../support/until.ts";

const secret = "a secret for the stories of the platform";
const issuer = new TokenIssuer(secret, "HS256");
const id = (name: string): string => `${name}@${domain}`;
const to = (name: string): string => JSON.stringify({ user: id(name) });

/** Alice in Chromium, bob in Firefox, carol beside either: the library as another site's page would use it. */
for (const transport of ["websocket", "polling"] as const)
  describe(`the platform in Chromium and Firefox, by ${transport}`, function () {
    this.timeout(2 * patience);
    let gateway: TestGateway;
    let proxy: CuttingProxy;
    let tabs: { readonly chromium: Tab; readonly firefox: Tab };
    const users: LibraryUser[] = [];

    before(async () => {
      gateway = await TestGateway.start({
        env: { NO_MEDIA: "/nonexistent", GATEWAY_AUTH_SECRET: secret, GATEWAY_SESSION_GRACE: "20000" },
      });
      proxy = await CuttingProxy.open(gateway.httpPort);
      const [chromium, firefox] = await Promise.all([chromiumTab(""), firefoxTab("")]);
      tabs = { chromium, firefox };
      await Promise.all([chromium, firefox].map((tab) => tab.goto(`http://localhost:${proxy.port}/`)));
    });
    afterEach(async () => {
      await Promise.all(users.splice(0).map((user) => user.leave()));
    });
    after(async () => {
      await Promise.all(Object.values(tabs ?? {}).map((tab) => tab.close()));
      await proxy?.close();
      await gateway?.assertIdle();
      await gateway?.stop();
    });

    const enter = async (browser: "chromium" | "firefox", name: string, options = "{}"): Promise<LibraryUser> => {
      const token = await issuer.token({ sub: id(name), name });
      const all = `{ user: undefined, token: ${JSON.stringify(token)}, transport: "${transport}", ...(${options}) }`;
      const user = await LibraryUser.enter(tabs[browser], id(name), all);
      users.push(user);
      return user;
    };
    const pair = (): Promise<[LibraryUser, LibraryUser]> =>
      Promise.all([enter("chromium", "alice"), enter("firefox", "bob")]);

    it("A: renews its token, loses its connection, and goes on with all that came meanwhile", async () => {
      const tokens = [await issuer.tokenFor(8, { sub: id("alice") }), await issuer.token({ sub: id("alice") })];
      await tabs.chromium.evaluate(`window.tokens = ${JSON.stringify(tokens)}`);
      const alice = await enter(
        "chromium",
        "alice",
        "{ token: async () => tokens.length > 1 ? tokens.shift() : tokens[0] }",
      );
      const bob = await enter("firefox", "bob");
      const session = await alice.do("return session.view().id");
      await alice.sees("the transport", "session.view().transport", transport);
      await until("the second token", async () => (await alice.do("return tokens.length")) === 1, 15_000);
      await alice.sees("no glitch", "seen.states", []);
      proxy.down = true;
      proxy.cut();
      await Promise.all([alice, bob].map((one) => one.sees("the loss", "seen.states", ["reconnecting"])));
      proxy.down = false;
      await Promise.all(
        [alice, bob].map((one) => one.sees("the way back", "seen.states", ["reconnecting", "connected"], 20_000)),
      );
      proxy.cut();
      const lines = await bob.do<string[]>(`
        const lines = Array.from({ length: 20 }, (_, index) => "line " + index);
        for (const line of lines) await session.messages.send(${to("alice")}, line);
        return lines`);
      await alice.sees(
        "each line once, in order",
        "seen.messages",
        lines.map((line) => `${id("bob")}: ${line}`),
        20_000,
      );
      assert.equal(await alice.do("return session.view().id"), session, "the same session");
    });

    it("B: sees who is there, how they are, and what they share", async () => {
      const alice = await enter("chromium", "alice", `{ groups: [], watch: ["team"] }`);
      const bob = await enter("firefox", "bob", `{ groups: ["team"], watch: [], userData: { desk: 7 } }`);
      const bobs = `contact("${id("bob")}")`;
      await alice.sees("bob", `[${bobs}?.status, ${bobs}?.userData]`, ["online", { desk: 7 }]);
      await bob.do(`await session.presence.setStatus("busy", "<b>Exam</b>")`);
      await alice.sees("his status", `[${bobs}?.status, ${bobs}?.note]`, ["busy", "<b>Exam</b>"]);
      await bob.do(`await session.presence.setUserData({ desk: 8, list: [1, null, "é"] })`);
      await alice.sees("his data", `${bobs}?.userData`, { desk: 8, list: [1, null, "é"] });
      const carol = await enter("chromium", "carol", `{ groups: ["team"], watch: ["team"] }`);
      await carol.sees("a snapshot", `${bobs}?.status`, "busy");
      await bob.sees("nobody, who does not watch", "session.presence.view().contacts.length", 0);
      await bob.do(`await session.presence.setStatus("invisible")`);
      await alice.sees("bob gone", `${bobs} === undefined`, true);
      await bob.do(`await session.presence.setStatus("online")`);
      await alice.sees("bob online", `${bobs}?.status`, "online");
      await bob.do(`await session.presence.leave("team")`);
      await carol.sees("that he left", `${bobs} === undefined`, true);
      const second = await enter("firefox", "carol", `{ groups: ["team"], watch: [] }`);
      await alice.sees("one carol", `session.presence.view().contacts.length`, 1);
      await second.leave();
      await alice.sees("carol still", `contact("${id("carol")}")?.status`, "online");
    });

    it("C: writes to one, sees it delivered and read, edits and deletes it", async () => {
      const [alice, bob] = await pair();
      await alice.do(`session.messages.setTyping(${to("bob")})`);
      await bob.sees("her typing", "seen.typing", [id("alice")]);
      await alice.do(`
        me.sent = await session.messages.send(${to("bob")}, "<script>window.hit = 1</script>", { id: "first" });
        await session.messages.send(${to("bob")}, "again", { id: "first" });`);
      await bob.sees("it once", "seen.messages", [`${id("alice")}: <script>window.hit = 1</script>`]);
      await alice.sees("delivered", "seen.receipts", [`delivered ${id("bob")}`]);
      await bob.sees("one unread", "session.messages.view().unread", 1);
      await bob.do(`
        const [{ of, last }] = session.messages.view().conversations;
        await session.messages.markRead(last);`);
      await bob.sees("none unread", "session.messages.view().unread", 0);
      await alice.sees("read", "seen.receipts.at(-1)", `read ${id("bob")}`);
      const edit = "await session.messages.edit(session.messages.view().conversations[0].last, 'mine')";
      assert.equal(await bob.refused(edit), "aborted");
      await alice.do(`await session.messages.edit(me.sent, "better"); await session.messages.remove(me.sent)`);
      await bob.sees("both changes", "seen.changed", ["better", "gone"]);
    });

    it("C: pages and searches what was written, also while the other was away", async () => {
      const alice = await enter("chromium", "alice");
      const carol = JSON.stringify({ user: id("carol") });
      await alice.do(
        `for (let n = 0; n < 30; n++) await session.messages.send(${carol}, "number " + n + (n % 10 ? "" : " needle"))`,
      );
      const away = await enter("firefox", "carol");
      await away.sees(
        "unread",
        `session.messages.view().conversations.find(({ of }) => of.user === "${id("alice")}")?.unread`,
        30,
      );
      const found = await away.do(`
        const of = ${to("alice")};
        const last = await session.messages.history(of, { limit: 10 });
        const before = await session.messages.history(of, { limit: 10, before: last.at(-1) });
        const hits = await session.messages.history(of, { search: "needle" });
        return [last, before, hits].map((page) => page.map(({ text }) => text.match(/\\d+/)[0]).sort((a, b) => a - b).join())`);
      assert.deepEqual(found, ["20,21,22,23,24,25,26,27,28,29", "10,11,12,13,14,15,16,17,18,19", "0,10,20"]);
    });

    it("C: makes a group, invites, answers, gives a role, removes and leaves", async () => {
      const [alice, bob] = await pair();
      const carol = await enter("chromium", "carol");
      const group = await alice.do<string>(
        `const { group } = await session.messages.createGroup("Trip", ["${id("bob")}", "${id("carol")}"]); return group`,
      );
      const members = `seen.groups.at(-1)?.group?.members.map(({ user, role, invited }) =>
        user.split("@")[0] + " " + (invited ? "invited" : role)).sort()`;
      for (const one of [bob, carol]) await one.sees("the invitation", "seen.groups.length > 0", true);
      assert.equal(await bob.refused(`await session.messages.send({ group: "${group}" }, "too early")`), "bad-target");
      await bob.do(`await session.messages.answerInvitation("${group}", true)`);
      await carol.do(`await session.messages.answerInvitation("${group}", false)`);
      await alice.sees("bob in it, carol not", members, ["alice owner", "bob member"]);
      await bob.do(`await session.messages.send({ group: "${group}" }, "hello all")`);
      await alice.sees("his message", "seen.messages.at(-1)", `${id("bob")}: hello all`);
      assert.equal(
        await bob.refused(`await session.messages.removeMember("${group}", "${id("alice")}")`),
        "not-allowed",
      );
      assert.notEqual(await carol.refused(`await session.messages.history({ group: "${group}" })`), "none");
      await alice.do(
        `await session.messages.setRole("${group}", "${id("bob")}", "owner"); await session.messages.leaveGroup("${group}")`,
      );
      await bob.sees("himself alone", members, ["bob owner"]);
    });

    it("C: sends a file with progress, which the other one fetches by its link", async () => {
      const [alice, bob] = await pair();
      const progress = await alice.do<number[]>(`
        const content = new Uint8Array(1_500_000).fill(65);
        const file = new File([content], "notes.txt", { type: "text/plain" });
        const steps = [];
        await session.messages.send(${to("bob")}, "", { files: [file], progress: (sent) => steps.push(sent) });
        return steps`);
      assert.ok(progress.length >= 2, `progress was told ${progress.length} times`);
      await until("the message", async () => (await bob.do<number>("return seen.messages.length")) > 0, 10_000);
      const fetched = await bob.do(`
        const last = session.messages.view().conversations.find(({ of }) => of.user === "${id("alice")}").last;
        const [file] = last.attachments;
        const reply = await fetch(await session.messages.link(last, file));
        return [file.name, file.size, (await reply.arrayBuffer()).byteLength, reply.headers.get("content-type")?.split(";")[0]]`);
      assert.deepEqual(fetched, ["notes.txt", 1_500_000, 1_500_000, "text/plain"]);
      const refused = `await session.messages.send(${to("bob")}, "", { files: [new File([new Uint8Array([77, 90, 144, 0, 3, 0, 0, 0])], "x.txt", { type: "text/plain" })] })`;
      assert.notEqual(await alice.refused(refused), "none");
    });

    it("D: sends any JSON in order, to one and to a group, and is told when it is too fast", async () => {
      const [alice, bob] = await pair();
      await alice.do(`for (let n = 0; n < 20; n++) await session.data.send(${to("bob")}, { n, text: "<b>" })`);
      await bob.sees(
        "all in order",
        "seen.data.map(({ value }) => value.n)",
        Array.from({ length: 20 }, (_, n) => n),
      );
      const group = await alice.do<string>(`return (await session.messages.createGroup("D", ["${id("bob")}"])).group`);
      await bob.sees("the invitation", "seen.groups.length > 0", true);
      await bob.do(`await session.messages.answerInvitation("${group}", true)`);
      await alice.do(`await session.data.send({ group: "${group}" }, [null, 1.5, { deep: [true] }])`);
      await bob.sees("the group's", "seen.data.at(-1)", {
        from: id("alice"),
        group,
        value: [null, 1.5, { deep: [true] }],
      });
      const flood = `await Promise.all(Array.from({ length: 300 }, (_, n) => session.data.send(${to("bob")}, n)))`;
      assert.equal(await alice.refused(flood), "rate-limited, later");
      assert.equal(await bob.refused(`await session.data.send({ user: "mallory@other.test" }, 1)`), "bad-target");
      assert.equal(await bob.refused(`await session.data.send(${to("alice")}, "x".repeat(70_000))`), "unsupported");
    });

    it("E: draws with others at once and offline, undoes, and shows a late one the whole picture", async () => {
      const [alice, bob] = await pair();
      const board = `me.wb ??= new boards.Whiteboard(session); await me.wb.ready;`;
      const boardId = await alice.do<string>(`${board}
        const { boardId } = await me.wb.create("Plan", ["${id("bob")}"]);
        me.board = await me.wb.open(boardId);
        return boardId`);
      await bob.do(`${board}`);
      await bob.sees("the invitation", "me.wb.view().boards.length", 1);
      await bob.do(`await me.wb.answer("${boardId}", true); me.board = await me.wb.open("${boardId}")`);
      const draw = (
        color: string,
        count: number,
      ): string => `for (let n = 0; n < ${count}; n++) me.board.put([me.board.compose(
        { kind: "stroke", color: "${color}", size: 2, points: [[n, 0], [n + 5, 9]] })]);`;
      await Promise.all([alice.do(draw("#cc2211", 10)), bob.do(draw("#1122cc", 10))]);
      await Promise.all([alice, bob].map((one) => one.sees("both", "me.board.view().elements.length", 20)));
      await alice.do("me.board.undo(); me.board.undo(); me.board.redo()");
      await bob.sees(
        "her undo, not his own strokes",
        `me.board.view().elements.map(({ color }) => color).filter((color) => color === "#cc2211").length`,
        9,
      );
      proxy.down = true;
      proxy.cut();
      await alice.sees("the loss", "seen.states.at(-1)", "reconnecting");
      await Promise.all([alice.do(draw("#118822", 3)), bob.do(draw("#882211", 3))]);
      proxy.down = false;
      await Promise.all(
        [alice, bob].map((one) => one.sees("all of both", "me.board.view().elements.length", 25, 20_000)),
      );
      const pictures = await Promise.all(
        [alice, bob].map((one) =>
          one.do<string>(`await me.board.settled();
        return boards.toSvg(me.board.view().elements, me.board.view().background)`),
        ),
      );
      assert.equal(pictures[0], pictures[1], "one picture");
      const carol = await enter("chromium", "carol");
      await alice.do(`await me.wb.invite("${boardId}", ["${id("carol")}"], "viewer")`);
      await carol.do(board);
      await carol.sees("the invitation", "me.wb.view().boards.length", 1);
      await carol.do(`await me.wb.answer("${boardId}", true); me.board = await me.wb.open("${boardId}")`);
      await carol.sees("the whole picture, to look at", "[me.board.view().elements.length, me.board.view().canDraw]", [
        25,
        false,
      ]);
      await bob.do("me.board.point([3, 4])");
      await carol.sees("his cursor", "me.board.others.length > 0", true);
      await alice.do("me.board.clear()");
      await Promise.all([bob, carol].map((one) => one.sees("an empty board", "me.board.view().elements.length", 0)));
      for (const one of [alice, bob, carol]) await one.do("me.board.close(); me.wb.close()");
      await bob.do(
        `const { Whiteboard } = boards; const wb = new Whiteboard(session); await wb.ready; await wb.leave("${boardId}"); wb.close()`,
      );
    });
  });
