import assert from "node:assert/strict";
import { connect, type Session } from "../../webclient/index.ts";
import type { TransportChoice } from "../../webclient/transport.ts";
import { Whiteboard, type Board } from "../../webclient/whiteboard/index.ts";
import { assertSame, drawOn, stroke } from "../support/board-rig.ts";
import { CuttingProxy } from "../support/cutting-proxy.ts";
import { FrameClient } from "../support/frame-client.ts";
import { domain, otherDomain, patience, TestGateway } from "../support/gateway.ts";
import { NodePlatform } from "../support/node-platform.ts";
import { until } from "../support/until.ts";

/** One user's library, behind a network of its own. */
class Artist {
  readonly session: Session;
  readonly whiteboard: Whiteboard;
  readonly proxy: CuttingProxy;

  private constructor(session: Session, proxy: CuttingProxy) {
    this.session = session;
    this.proxy = proxy;
    this.whiteboard = new Whiteboard(session);
  }

  static async enter(gateway: TestGateway, name: string, transport: TransportChoice): Promise<Artist> {
    const proxy = await CuttingProxy.open(gateway.httpPort);
    const { platform } = new NodePlatform();
    const url = `http://localhost:${proxy.port}`;
    return new Artist(await connect({ platform, url, user: `${name}@${domain}`, transport }), proxy);
  }

  async close(): Promise<void> {
    await this.session.close();
    await this.proxy.close();
  }
}

describe("whiteboards", function () {
  this.timeout(patience);
  let gateway: TestGateway;
  const artists: Artist[] = [];

  before(async () => {
    gateway = await TestGateway.start({ env: { NO_MEDIA: "/nonexistent", GATEWAY_SESSION_GRACE: "1500" } });
  });

  afterEach(async () => {
    await Promise.all(artists.splice(0).map((artist) => artist.close()));
  });

  after(async () => {
    await gateway?.assertIdle();
    await gateway?.stop();
  });

  const enter = async (name: string, transport: TransportChoice): Promise<Artist> => {
    const artist = await Artist.enter(gateway, name, transport);
    artists.push(artist);
    return artist;
  };

  /** Alice's board, and everybody's view of it. */
  const together = async (...guests: readonly Artist[]): Promise<{ alice: Artist; boards: Board[]; id: string }> => {
    const alice = await enter("alice", "websocket");
    const users = guests.map(({ session }) => session.view().user);
    const { boardId: id } = await alice.whiteboard.create("Plan", users);
    for (const guest of guests) await guest.whiteboard.answer(id, true);
    const boards = await Promise.all([alice, ...guests].map(({ whiteboard }) => whiteboard.open(id)));
    return { alice, boards, id };
  };

  const agree = async (boards: readonly Board[], elements: number): Promise<void> => {
    const done = (board: Board): boolean => board.view().pending === 0 && board.view().elements.length === elements;
    await until(`${elements} elements on each of ${boards.length} boards`, () => boards.every(done), 15_000);
    assertSame(...boards);
  };

  for (const transport of ["websocket", "polling"] as const)
    it(`have on them what three draw at once, by ${transport}`, async () => {
      const [bob, carol] = [await enter("bob", transport), await enter("carol", transport)];
      const { boards } = await together(bob, carol);
      for (let turn = 0; turn < 20; turn++) for (const board of boards) drawOn(board, stroke([turn, 0], [turn, 9]));
      await agree(boards, 60);
      boards[1]?.undo();
      await agree(boards, 59);
      const [first] = boards;
      first?.clear();
      await agree(boards, 0);
      first?.undo();
      await agree(boards, 59);
    });

  for (const transport of ["websocket", "polling"] as const)
    it(`lose nothing of who was offline, for a moment or until the session was gone, by ${transport}`, async () => {
      const bob = await enter("bob", transport);
      const { boards } = await together(bob);
      const [a, b] = boards;
      assert.ok(a && b);
      const common = drawOn(a);
      await agree(boards, 1);
      for (const gone of [false, true]) {
        bob.proxy.down = true;
        bob.proxy.cut();
        await until("the loss", () => bob.session.view().state === "reconnecting");
        for (let turn = 0; turn < 10; turn++) {
          drawOn(a, stroke([turn, gone ? 1 : 0]));
          drawOn(b, stroke([gone ? 1 : 0, turn]));
        }
        if (gone) b.erase([common.elementId]);
        if (gone)
          await until(
            "the end of the grace",
            async () => (await gateway.metrics())["offhook_whiteboards_open"] === 1,
            15_000,
          );
        bob.proxy.down = false;
        await agree(boards, gone ? 40 : 21);
      }
    });

  it("are seen whole by who comes late, also after the gateway was killed", async () => {
    const { alice, boards, id } = await together();
    const [a] = boards;
    assert.ok(a);
    const points = Array.from({ length: 500 }, (_, at): [number, number] => [at, at % 7]);
    for (let turn = 0; turn < 60; turn++) drawOn(a, stroke(...points));
    a.setBackground({ paper: "grid" });
    await a.settled();
    const bob = await enter("bob", "polling");
    await alice.whiteboard.invite(id, [bob.session.view().user]);
    await bob.whiteboard.answer(id, true);
    const b = await bob.whiteboard.open(id);
    await agree([a, b], 60);
    await gateway.kill();
    gateway = await gateway.restart();
    drawOn(b);
    await agree([a, b], 61);
    assert.equal(b.view().background.paper, "grid");
  });

  it("show strokes while they are drawn, and where others point", async () => {
    const bob = await enter("bob", "polling");
    const { boards } = await together(bob);
    const [a, b] = boards;
    assert.ok(a && b);
    await until("somebody else there", () => a.others.length === 1);
    const draft = a.compose(stroke([0, 0], [5, 5]));
    a.point([7, 8]);
    a.showDraft(draft);
    await until("the stroke before it is finished", () => b.others[0]?.draft);
    assert.deepEqual([b.others[0]?.draft, b.others[0]?.cursor], [draft, [7, 8]]);
    assert.equal(b.view().elements.length, 0);
    a.put([draft]);
    await agree(boards, 1);
    assert.equal(b.others[0]?.draft, undefined);
  });

  it("are nobody's but their members'", async () => {
    const { id, boards } = await together();
    drawOn(boards[0] as Board);
    for (const who of ["dave", `mallory@${otherDomain}`]) {
      const page = await FrameClient.signedIn(gateway, who);
      const put = [{ ...stroke([0, 0]), elementId: "x", z: 1 }];
      for (const [type, fields] of [
        ["board.open", {}],
        ["board.read", { since: 0 }],
        ["board.draw", { drawId: "x", put }],
        ["board.show", { cursor: [0, 0] }],
        ["board.answer", { accept: true }],
        ["board.invite", { users: [`dave@${domain}`] }],
        ["board.leave", {}],
      ] as const)
        assert.equal((await page.request(type, { boardId: id, ...fields })).code, "bad-target", `${who}: ${type}`);
      assert.deepEqual((await page.request("board.list")).boards, []);
      await page.close();
    }
    await agree(boards, 1);
  });

  it("stay as they are when garbage comes, which is refused by type", async () => {
    const bob = await enter("bob", "websocket");
    const { boards, id } = await together(bob);
    drawOn(boards[0] as Board);
    await agree(boards, 1);
    const good = { ...stroke([0, 0]), elementId: "x", z: 1 };
    for (const fields of [
      { put: [{ ...good, kind: "script" }] },
      { put: [{ ...good, points: [[null, 0]] }] },
      { put: [{ ...good, color: "url(javascript:1)" }] },
      { put: [{ ...good, __proto__x: 1 }] },
      { put: good },
      { put: Array(201).fill(good) },
      { remove: [1] },
      { background: "grid" },
      { drawId: "../x" },
      {
        put: [
          {
            kind: "image",
            elementId: "x",
            z: 1,
            points: [
              [0, 0],
              [1, 1],
            ],
            source: "data:text/html;base64,AAAA",
          },
        ],
      },
    ]) {
      const page = await FrameClient.signedIn(gateway, "bob");
      const answer = await page.request("board.draw", { boardId: id, drawId: "d", ...fields });
      assert.equal(answer.code, "bad-frame", JSON.stringify(fields).slice(0, 80));
      await page.close();
    }
    await agree(boards, 1);
  });

  it("slow down who floods them, tell it for how long, and nobody else is held up", async () => {
    const bob = await enter("bob", "websocket");
    const { boards, id } = await together(bob);
    const flooder = await FrameClient.signedIn(gateway, "bob");
    await flooder.request("board.open", { boardId: id });
    const answers = await Promise.all(
      Array.from({ length: 90 }, (_, at) => flooder.request("board.show", { boardId: id, cursor: [at, at] })),
    );
    const refused = answers.filter(({ code }) => code === "rate-limited");
    assert.ok(refused.length > 0 && refused.length < 90, `${refused.length} of 90 refused`);
    assert.ok(Number(refused[0]?.retryAfterMs) > 0);
    drawOn(boards[0] as Board);
    await agree(boards, 1);
    await flooder.close();
  });
});
