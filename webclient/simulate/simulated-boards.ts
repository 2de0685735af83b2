import type { ClientFrameOf, ClientFrameType } from "../../gateway/protocol/client-frame.ts";
import type { BoardEvent } from "../../gateway/protocol/server-frame.ts";
import type { Background, BoardElement, BoardInfo } from "../../gateway/protocol/whiteboard-values.ts";
import type { Reply } from "./reply.ts";

/** Who is invited never answers, and nobody else draws. */
type Simulated = Extract<
  ClientFrameType,
  `board.${"create" | "list" | "open" | "close" | "leave" | "read" | "draw" | "show"}`
>;
type Handlers = { readonly [T in Simulated]: (frame: ClientFrameOf<T>) => Reply };

interface KeptBoard {
  readonly info: BoardInfo;
  /** By id, each with the number of the change that put it there. */
  readonly elements: Map<string, { readonly element: BoardElement; readonly number: number }>;
  background?: Background;
  number: number;
}

const none: Reply = { type: "refused", code: "bad-target", text: "There is no such board." };

/** Whiteboards of the simulation's only user. */
export class SimulatedBoards {
  readonly #user: string;
  readonly #tell: (event: BoardEvent) => void;
  readonly #boards = new Map<string, KeptBoard>();

  constructor(user: string, tell: (event: BoardEvent) => void) {
    this.#user = user;
    this.#tell = tell;
  }

  readonly handlers: Handlers = {
    "board.create": ({ name, users, role = "editor" }) => {
      const boardId = `board-${this.#boards.size + 1}`;
      const invited = users.map((user) => ({ user, role, invited: true }) as const);
      const board = { boardId, name, members: [{ user: this.#user, role: "owner" } as const, ...invited] };
      this.#boards.set(boardId, { info: board, elements: new Map(), number: 0 });
      return { type: "board.created", board };
    },
    "board.list": () => ({ type: "boards", boards: [...this.#boards.values()].map(({ info }) => info) }),
    "board.open": ({ boardId }) =>
      this.#with(boardId, ({ info: board }) => {
        this.#tell({ type: "board.here", boardId, here: [{ seat: 1, user: this.#user }] });
        return { type: "board.opened", board, seat: 1 };
      }),
    "board.close": () => ({ type: "ok" }),
    "board.show": () => ({ type: "ok" }),
    "board.leave": ({ boardId }) => {
      this.#boards.delete(boardId);
      this.#tell({ type: "board.left", boardId });
      return { type: "ok" };
    },
    "board.read": ({ boardId, since }) =>
      this.#with(boardId, ({ elements, background, number }) => ({
        type: "board.part",
        number,
        latest: number,
        whole: since === 0,
        put: [...elements.values()].filter((one) => one.number > since).map(({ element }) => element),
        remove: [],
        ...(background && { background }),
      })),
    "board.draw": ({ boardId, drawId, put = [], remove = [], background }) =>
      this.#with(boardId, (board) => {
        const number = (board.number += 1);
        for (const id of remove) board.elements.delete(id);
        for (const element of put) board.elements.set(element.elementId, { element, number });
        if (background) board.background = background;
        const change = { number, put, remove, ...(background && { background }) };
        this.#tell({ type: "board.drawn", boardId, drawId, by: this.#user, ...change });
        return { type: "board.accepted", number };
      }),
  };

  #with(boardId: string, act: (board: KeptBoard) => Reply): Reply {
    const board = this.#boards.get(boardId);
    return board ? act(board) : none;
  }
}
