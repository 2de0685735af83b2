import assert from "node:assert/strict";
import { connect, type Session } from "../../webclient/index.ts";
import { Whiteboard, type Board } from "../../webclient/whiteboard/index.ts";
import { assertSame, drawOn, stroke } from "../support/board-rig.ts";
import { CuttingProxy } from "../support/cutting-proxy.ts";
import { domain, patience, type TestGateway } from "../support/gateway.ts";
import { NodePlatform } from "../support/node-platform.ts";
import { SeveralNodes } from "../support/several-nodes.ts";
import { until } from "../support/until.ts";

/** One user's library, behind a balancer. */
interface Artist {
  readonly session: Session;
  readonly whiteboard: Whiteboard;
  readonly way: CuttingProxy;
}

describe("whiteboards of several nodes", function () {
  this.timeout(4 * patience);
  let nodes: SeveralNodes;
  const artists: Artist[] = [];

  before(async () => void (nodes = await SeveralNodes.start(2, { NO_MEDIA: "/nonexistent" })));
  afterEach(async () => {
    for (const { session, way } of artists.splice(0)) {
      await session.close();
      await way.close();
    }
    await nodes.assertIdle();
  });
  after(() => nodes?.stop());

  async function enter({ httpPort }: TestGateway, name: string): Promise<Artist> {
    const way = await CuttingProxy.open(httpPort);
    const { platform } = new NodePlatform();
    const url = `http://localhost:${way.port}`;
    const session = await connect({ platform, url, user: `${name}@${domain}` });
    const artist = { session, way, whiteboard: new Whiteboard(session) };
    artists.push(artist);
    return artist;
  }

  const agree = async (boards: readonly Board[], elements: number): Promise<void> => {
    const done = (board: Board): boolean => board.view().pending === 0 && board.view().elements.length === elements;
    await until(`${elements} elements on each of ${boards.length} boards`, () => boards.every(done), 20_000).catch(() =>
      assert.deepEqual(
        boards.map((board) => [board.view().elements.length, board.view().pending]),
        boards.map(() => [elements, 0]),
      ),
    );
    assertSame(...boards);
  };

  it("have on them what three draw at once, from wherever, also while Redis is away for a moment", async () => {
    const alice = await enter(nodes.at(0), "alice");
    const [bob, carol] = [await enter(nodes.at(1), "bob"), await enter(nodes.at(1), "carol")];
    const { boardId } = await alice.whiteboard.create("Plan", [`bob@${domain}`, `carol@${domain}`]);
    for (const guest of [bob, carol]) await guest.whiteboard.answer(boardId, true);
    const boards = await Promise.all([alice, bob, carol].map(({ whiteboard }) => whiteboard.open(boardId)));
    await until("all to see each other", () => boards.every(({ others }) => others.length === 2));
    for (let turn = 0; turn < 20; turn++) for (const board of boards) drawOn(board, stroke([turn, 0], [turn, 9]));
    await agree(boards, 60);
    await nodes.cut(true);
    for (const board of boards) drawOn(board, stroke([0, 1]));
    await until("what waits", () => boards.every((board) => board.view().pending === 1));
    await nodes.cut(false);
    await agree(boards, 63);
    process.stdout.write(`      63 drawn, ${boards.map((board) => board.view().elements.length).join(", ")} seen\n`);
  });

  it("are gone on with at another node when theirs was killed", async () => {
    const [alice, bob] = [await enter(nodes.at(0), "alice"), await enter(nodes.at(1), "bob")];
    const { boardId } = await alice.whiteboard.create("Plan", [`bob@${domain}`]);
    await bob.whiteboard.answer(boardId, true);
    const boards = await Promise.all([alice, bob].map(({ whiteboard }) => whiteboard.open(boardId)));
    const [a, b] = boards;
    assert.ok(a && b);
    for (let turn = 0; turn < 10; turn++) for (const board of boards) drawOn(board, stroke([turn, 0]));
    await agree(boards, 20);
    bob.way.target = nodes.at(0).httpPort;
    const restart = await nodes.kill(1);
    for (let turn = 0; turn < 10; turn++) for (const board of boards) drawOn(board, stroke([0, turn]));
    await agree(boards, 40);
    await until("both to see one other", () => boards.every(({ others }) => others.length === 1), 10_000);
    await restart();
  });
});
