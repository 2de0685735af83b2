import assert from "node:assert/strict";
import type { Refusal, ServerFrame } from "../../gateway/protocol/server-frame.ts";
import type { BoardElement, Point } from "../../gateway/protocol/whiteboard-values.ts";
import { refusalError } from "../../webclient/client-error.ts";
import { ClientError, type Channel, type Session } from "../../webclient/index.ts";
import { Whiteboard, type Board, type BoardInfo, type NewElement } from "../../webclient/whiteboard/index.ts";
import { SessionRig, type Page } from "./session-rig.ts";
import { settled } from "./settled.ts";

/** The library's whiteboard upon a gateway's inside: no sockets, and a clock that is turned by hand. */
export class BoardRig {
  readonly rig = new SessionRig();

  async user(name: string): Promise<BoardUser> {
    const user = new BoardUser(this.rig, `${name}@a.example`);
    await user.connect();
    return user;
  }

  /** Alice owns a board, bob has joined it, and both have it open. */
  async pair(): Promise<{ alice: BoardUser; bob: BoardUser; info: BoardInfo; a: Board; b: Board }> {
    const [alice, bob] = [await this.user("alice"), await this.user("bob")];
    const info = await alice.whiteboard.create("Plan", [bob.user]);
    await bob.whiteboard.answer(info.boardId, true);
    const [a, b] = [await alice.whiteboard.open(info.boardId), await bob.whiteboard.open(info.boardId)];
    return { alice, bob, info, a, b };
  }

  /** All that was sent has come. */
  async told(ms = 100): Promise<void> {
    for (let turn = 0; turn < 4; turn++) {
      await settled();
      this.rig.clock.advance(ms);
    }
    await settled();
  }
}

/** One user's whiteboard, and the connection under it. */
export class BoardUser {
  readonly user: string;
  readonly whiteboard: Whiteboard;
  readonly #rig: SessionRig;
  readonly #facts = new Set<(fact: { readonly type: string }) => void>();
  readonly #agains = new Set<(how: "resumed" | "opened") => void>();
  readonly #closers = new Set<() => void>();
  #page: Page | undefined;
  #ids = 0;

  constructor(rig: SessionRig, user: string) {
    this.#rig = rig;
    this.user = user;
    const channel: Channel = {
      clock: rig.clock,
      state: "connected",
      newId: () => `${user.split("@")[0]}-${(this.#ids += 1)}`,
      ask: (request) => this.#ask(request),
      onFact: (listener) => added(this.#facts, listener),
      onAgain: (listener) => added(this.#agains, listener),
      onClosed: (listener) => added(this.#closers, listener),
    };
    this.whiteboard = new Whiteboard({ channel, view: () => ({ user }) } as Session);
  }

  /** A new session; what was open before is opened again. */
  async connect(): Promise<void> {
    const page = await this.#rig.page(this.user);
    const { send } = page;
    page.send = (frame: ServerFrame) => {
      send.call(page, frame);
      if (!("re" in frame) && this.#page === page) for (const listener of this.#facts) listener(frame);
    };
    this.#page = page;
    for (const listener of [...this.#agains]) listener("opened");
    await settled();
  }

  /** The session is gone, with all that was on its way. */
  drop(): void {
    this.#page?.connection.disconnected("left");
    this.#page = undefined;
  }

  /** The session is closed for good. */
  end(): void {
    for (const listener of [...this.#closers]) listener();
  }

  async #ask(request: { readonly type: string }): Promise<object> {
    const page = this.#page;
    const answer = await page?.ask({ ...request });
    if (!answer || this.#page !== page) throw new ClientError("unreachable");
    if (answer.type === "refused") throw refusalError(answer as Refusal);
    return answer;
  }
}

function added<T>(set: Set<T>, one: T): () => void {
  set.add(one);
  return () => void set.delete(one);
}

export const stroke = (...points: Point[]): NewElement => ({ kind: "stroke", color: "#1d1c17", size: 4, points });

/** Draws an element on the board. */
export function drawOn(board: Board, element: NewElement = stroke([0, 0], [10, 10])): BoardElement {
  const drawn = board.compose(element);
  board.put([drawn]);
  return drawn;
}

/** What two boards show is the same, one over the other alike. */
export function assertSame(...boards: readonly Board[]): void {
  const pictures = boards.map((board) => {
    const { elements, background, pending } = board.view();
    return { elements, background, pending };
  });
  for (const picture of pictures) assert.deepEqual(picture, pictures[0]);
}
