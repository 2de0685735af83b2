import assert from "node:assert/strict";
import { SessionRig, type Page, webAnswer, webOffer } from "../../support/session-rig.ts";
import { settled } from "../../support/settled.ts";

const codeOf = (answer: object | undefined): unknown => (answer as { code?: string } | undefined)?.code;

describe("a connection that has not signed in", () => {
  for (const frame of [
    { type: "ping" },
    { type: "session.renew", token: "alice@a.example" },
    { type: "session.close" },
    { type: "call.start", target: { user: "bob@a.example" }, description: webOffer },
    { type: "call.end", callId: "c" },
  ]) {
    it(`is refused ${frame.type}`, async () => {
      const page = new SessionRig().connect();
      assert.equal(codeOf(await page.ask(frame)), "not-signed-in");
      assert.deepEqual(page.frames.length, 1);
    });
  }

  it("is told no events", async () => {
    const rig = new SessionRig();
    const stranger = rig.connect();
    await rig.page("alice@a.example");
    rig.clock.advance(100);
    await settled();
    assert.deepEqual(stranger.frames, []);
  });

  for (const [token, code] of [
    ["nonsense", "token-refused"],
    ["expired", "token-expired"],
  ] as const) {
    it(`is refused with ${code}, a line in the log, and no token in it`, async () => {
      const rig = new SessionRig();
      const page = rig.connect();
      assert.equal(codeOf(await page.ask({ type: "session.open", token })), code);
      assert.deepEqual([rig.lines.length, rig.refusals], [1, [code]]);
      assert.equal(rig.lines.join().includes("nonsense"), false);
      assert.equal(codeOf(await page.ask({ type: "session.open", token: "alice@a.example" })), undefined);
    });
  }

  it("with a token of 64 KiB is refused before anybody looks at it", async () => {
    const rig = new SessionRig();
    const page = rig.connect();
    assert.equal(codeOf(await page.ask({ type: "session.open", token: "x".repeat(65_536) })), "bad-frame");
    assert.equal(rig.lines.length, 1);
    assert.ok((rig.lines[0] ?? "").length < 500);
  });

  it("is closed after five tries", async () => {
    const page = new SessionRig().connect();
    for (let count = 0; count < 5; count++) await page.ask({ type: "session.open", token: "nonsense" });
    assert.equal(page.closed?.code, 1008);
  });

  it("needs a token or a user", async () => {
    assert.equal(codeOf(await new SessionRig().connect().ask({ type: "session.open" })), "token-refused");
  });
});

describe("signing in", () => {
  it("answers who one is, and for how long", async () => {
    const rig = new SessionRig();
    const page = await rig.page("alice@a.example");
    const { type, user, expiresInMs, sessionId } = page.last("session.opened");
    assert.deepEqual([type, user, expiresInMs], ["session.opened", "alice@a.example", 3_600_000]);
    assert.equal(sessionId, page.session.id);
    page.session.disconnected();
    rig.assertEmpty();
  });

  it("works once", async () => {
    const page = await new SessionRig().page("alice@a.example");
    assert.equal(codeOf(await page.ask({ type: "session.open", token: "bob@a.example" })), "wrong-state");
    assert.equal(page.session.identity.user.name, "alice");
  });

  it("works once, however fast it is asked twice", async () => {
    const page = new SessionRig().connect();
    page.connection.receive({ type: "session.open", id: "1", token: "alice@a.example" });
    assert.equal(codeOf(await page.ask({ type: "session.open", token: "bob@a.example" })), "wrong-state");
    assert.equal(page.session.identity.user.name, "alice");
  });

  it("that ends after the connection went opens nothing", async () => {
    const rig = new SessionRig();
    const page = rig.connect();
    page.connection.receive({ type: "session.open", id: "1", token: "alice@a.example" });
    page.connection.disconnected("lost");
    await settled();
    assert.deepEqual([page.frames, rig.sessions.size], [[], 0]);
    rig.assertEmpty();
  });
});

describe("development sign-in", () => {
  const open = async (rig: SessionRig, user: string, local = true): Promise<Page> => {
    const page = rig.connect(local);
    await page.ask({ type: "session.open", user, displayName: "" });
    return page;
  };

  it("lets an account in by name alone, on this machine, for as long as it likes", async () => {
    const rig = new SessionRig();
    const page = await open(rig, "alice@a.example");
    const { name, expiresInMs } = page.last("session.opened");
    assert.deepEqual([name, expiresInMs], ["ALICE", undefined]);
    page.session.disconnected();
    rig.assertEmpty();
  });

  for (const [what, user, local, development] of [
    ["from another machine, Host or Origin", "alice@a.example", false, true],
    ["when a key is configured", "alice@a.example", true, false],
    ["for somebody who has no account", "nobody@a.example", true, true],
    ["for another domain's somebody", "alice@c.example", true, true],
    ["for what is no name", "alice", true, true],
  ] as const) {
    it(`is refused ${what}, without saying why`, async () => {
      const rig = new SessionRig();
      rig.development = development;
      const page = await open(rig, user, local);
      const { code, text } = page.last("refused");
      assert.deepEqual([code, text], ["token-refused", "This sign-in is not accepted here."]);
    });
  }

  it("is not a way around a token that is refused", async () => {
    const page = new SessionRig().connect();
    const answer = await page.ask({ type: "session.open", token: "nonsense", user: "alice@a.example" });
    assert.equal(codeOf(answer), "token-refused");
  });
});

describe("frames", () => {
  it("are answered by their id", async () => {
    const page = await new SessionRig().page("alice@a.example");
    assert.deepEqual(await page.ask({ type: "ping", id: "mine" }), { type: "pong", re: "mine" });
  });

  it("that come again are answered again and not done again", async () => {
    const rig = new SessionRig();
    const page = await rig.page("alice@a.example");
    await rig.page("bob@a.example");
    const start = { type: "call.start", id: "s", target: { user: "bob@a.example" }, description: webOffer };
    const [first, second] = [await page.ask(start), await page.ask(start)];
    assert.deepEqual(second, first);
    assert.equal(rig.switchboard.calls, 1);
  });

  it("are remembered by the last 256 ids", async () => {
    const rig = new SessionRig();
    const page = await rig.page("alice@a.example");
    const start = { type: "call.start", id: "s", target: { user: "nobody@a.example" }, description: webOffer };
    const first = await page.ask(start);
    for (let count = 0; count < 255; count++) {
      rig.clock.advance(100);
      await page.ask({ type: "ping" });
    }
    assert.deepEqual(await page.ask(start), first);
    await page.ask({ type: "ping" });
    assert.notDeepEqual(await page.ask(start), first);
  });

  it("of a type of the future are refused, counted and never punished", async () => {
    const rig = new SessionRig();
    const page = await rig.page("alice@a.example");
    for (let count = 0; count < 10; count++) {
      assert.equal(codeOf(await page.ask({ type: "call.teleport" })), "unsupported");
    }
    assert.equal(page.closed, undefined);
    assert.deepEqual(rig.refusals, Array(10).fill("unknown-type"));
  });

  it("that are malformed are refused, and the fifth closes the connection", async () => {
    const rig = new SessionRig();
    const page = await rig.page("alice@a.example");
    for (const wrong of [null, [], { type: "ping" }, { type: "call.end", id: "7" }]) page.connection.receive(wrong);
    assert.deepEqual(
      page.of("refused").map(({ code, re }) => [code, re]),
      [
        ["bad-frame", undefined],
        ["bad-frame", undefined],
        ["bad-frame", undefined],
        ["bad-frame", "7"],
      ],
    );
    assert.equal(page.closed, undefined);
    page.connection.receiveGarbage("too-large", "The frame is too large.");
    assert.equal(page.of("refused").at(-1)?.code, "too-large");
    assert.equal(page.last("session.closed").reason, "bad-frames");
    assert.deepEqual(page.closed, { code: 1008, reason: "bad-frames" });
    rig.assertEmpty();
  });

  it("that come too fast are told when to come again", async () => {
    const rig = new SessionRig();
    const page = await rig.page("alice@a.example");
    let refused: { retryAfterMs?: number } | undefined;
    for (let count = 0; count < 60 && !refused; count++) {
      const answer = await page.ask({ type: "ping", id: `p${count}` });
      if (answer?.type === "refused") refused = answer;
    }
    assert.equal(codeOf(refused), "rate-limited");
    rig.clock.advance(refused?.retryAfterMs ?? 0);
    assert.equal((await page.ask({ type: "ping" }))?.type, "pong");
  });

  it("that come too fast do not keep a page from saying goodbye", async () => {
    const rig = new SessionRig();
    const page = await rig.page("alice@a.example");
    while ((await page.ask({ type: "ping" }))?.type !== "refused");
    assert.equal((await page.ask({ type: "session.close" }))?.type, "ok");
    rig.assertEmpty();
  });

  it("after the end are not answered", async () => {
    const rig = new SessionRig();
    const page = await rig.page("alice@a.example");
    assert.equal((await page.ask({ type: "session.close" }))?.type, "ok");
    assert.deepEqual([page.last("session.closed").reason, page.closed?.code], ["closed", 1000]);
    assert.equal(await page.ask({ type: "ping" }), undefined);
    rig.assertEmpty();
  });

  it("number events without gaps", async () => {
    const rig = new SessionRig();
    const [alice, bob] = [await rig.page("alice@a.example"), await rig.page("bob@a.example")];
    const callId = await alice.call("bob@a.example");
    await bob.ask({ type: "call.answer", callId, description: webAnswer });
    await alice.ask({ type: "call.end", callId });
    for (const page of [alice, bob]) {
      const numbers = page.frames.flatMap((frame) => ("seq" in frame ? [frame.seq] : []));
      assert.deepEqual(
        numbers,
        numbers.map((_, index) => index + 1),
      );
    }
  });
});
