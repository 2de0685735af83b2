import type * as whiteboard from "../whiteboard/index.ts";
import type { Board, BoardElement, BoardInfo, BoardSurface, Pencil, Tool, Whiteboard } from "../whiteboard/index.ts";
import { ClientError, type Session } from "../index.ts";
import type { OldEvents } from "./events.ts";
import type { Names } from "./names.ts";
import { refuseGone } from "./unsupported.ts";

type Library = typeof whiteboard;
export type LoadWhiteboard = () => Promise<Library>;

export interface WhiteBoardParts {
  readonly session: Session;
  readonly events: OldEvents;
  readonly names: Names;
  /** Id of the element that is drawn in. */
  readonly paper: string | null | undefined;
  /** Fetches the whiteboard's own file, the first time somebody wants one. */
  readonly load: LoadWhiteboard;
  failed(fault: unknown): void;
}

/** The old names of tools. */
const tools: Readonly<Record<string, Tool>> = { erase: "eraser" };

/** Whiteboards in the old style: rooms by id, a canvas by the id of its element. Drawing is done by the library. */
export class ApiRTCWhiteBoardClient {
  readonly #parts: WhiteBoardParts;
  readonly #library: Promise<Library>;
  readonly #boards: Promise<Whiteboard>;
  /** Who is in each room, as one text. */
  readonly #rooms = new Map<string, string>();
  #paper: string | null | undefined;
  #pencil: Pencil = { tool: "pen", color: "#1d1c17", size: 4 };
  #readOnly = false;
  #board: Board | undefined;
  #surface: BoardSurface | undefined;
  /** One thing after the other: a page of the old style waits for nothing. */
  #turn: Promise<unknown> = Promise.resolve();

  /** @internal */
  constructor(parts: WhiteBoardParts) {
    this.#parts = parts;
    this.#paper = parts.paper;
    this.#library = parts.load();
    this.#boards = this.#library.then(({ Whiteboard }) => new Whiteboard(parts.session));
    this.#boards.then((boards) => this.#follow(boards), parts.failed);
  }

  /** The room that is drawn in; undefined while there is none. */
  get roomId(): string | undefined {
    return this.#board?.view().boardId;
  }

  /** What lies on the paper, lowest first, as the library has it. */
  get drawElements(): readonly BoardElement[] {
    return this.#board?.view().elements ?? [];
  }

  /** Shows the room that is open in the element of that id; a `canvas` is replaced by one of the library's. */
  setCanvas(id: string): void {
    this.#paper = id;
    this.#do(async () => this.#show());
  }

  /** Shows the room that was opened last, or makes one. */
  start(): void {
    this.#do(async () => {
      if (this.#board) return this.#show();
      const [last] = (await this.#boards).view().boards;
      if (last) await this.#open(last.boardId);
      else await this.#make();
    });
  }

  /** Shows no room any more; the user stays in it. Told by `closingWhiteBoard`. */
  stop(): void {
    this.#do(async () => this.#close("stop"));
  }

  /** Told by `roomCreation`; the room is open then. */
  createRoom(): void {
    this.#do(() => this.#make());
  }

  /** Told to them by `roomInvitation`. */
  inviteInRoom(roomId: string, userId: string): void {
    this.#do(async () => (await this.#boards).invite(roomId, [this.#parts.names.userOf(userId)]));
  }

  /** Yes opens the room. */
  answerToRoomInvitation(roomId: string, accept: boolean): void {
    this.#do(async () => {
      await (await this.#boards).answer(roomId, accept);
      if (accept) await this.#open(roomId);
    });
  }

  /** The last one who leaves deletes it. */
  leaveRoom(roomId: string): void {
    this.#do(async () => (await this.#boards).leave(roomId));
  }

  /** `pen`, `erase`, `arrow`, `ellipse`, `rectangle`, `laser`, and `line`, `text`, `pan`. @throws ClientError `unsupported` */
  setDrawingTool(tool: string): void {
    const known = tools[tool] ?? tool;
    this.#do(async () => {
      const { tools: all } = await this.#library;
      const found = all.find((one) => one === known);
      if (!found) throw new ClientError("unsupported", { text: `There is no drawing tool ${tool}.` });
      this.#use({ tool: found });
    });
  }

  /** Any colour that CSS knows. */
  setBrushColor(color: string): void {
    this.#use({ color: plainColor(color) });
  }

  /** Width of lines, in pixels of the board. */
  setBrushSize(size: number): void {
    this.#use({ size });
  }

  setScale(scale: number): void {
    const viewport = this.#surface?.view().viewport;
    if (viewport) this.#surface?.show({ ...viewport, scale });
  }

  getScale(): number {
    return this.#surface?.view().viewport.scale ?? 1;
  }

  /** Which point of the board is in the left top corner. */
  setOffset(x: number, y: number): void {
    const viewport = this.#surface?.view().viewport;
    if (viewport) this.#surface?.show({ ...viewport, left: x, top: y });
  }

  /** This page only looks, whatever the user may do. */
  setReadOnly(on: boolean): void {
    this.#readOnly = on;
    this.#board?.setReadOnly(on);
  }

  /** Text whose left top corner is there; `size` is its height. The font is that of the board. */
  printSharedText(x: number, y: number, text: string, size = 24): void {
    const { color } = this.#pencil;
    this.#drawing((board) => board.put([board.compose({ kind: "text", color, size, points: [[x, y]], text })]));
  }

  /** A picture that lies under all that is drawn. */
  loadPhotoInBackground(url: string): void {
    this.#do(async () => {
      const { readPicture } = await this.#library;
      const answer = await fetch(url);
      if (!answer.ok) throw new ClientError("unreachable", { text: `The picture was answered ${answer.status}.` });
      const { source, extent } = await readPicture(await answer.blob());
      const board = this.#board;
      board?.setBackground({ ...board.view().background, picture: { source, points: [[0, 0], extent] } });
    });
  }

  undo(): void {
    this.#drawing((board) => board.undo());
  }

  redo(): void {
    this.#drawing((board) => board.redo());
  }

  /** Takes everything off the paper, for everybody; it can be undone. */
  clearPaper(): void {
    this.#drawing((board) => board.clear());
  }

  /** Does nothing: what changes is painted by itself. */
  redraw(): void {}

  /** Does nothing, as `redraw`. */
  refreshCanvas(): void {}

  #drawing(act: (board: Board) => void): void {
    this.#do(async () => this.#board && act(this.#board));
  }

  #use(pencil: Partial<Pencil>): void {
    this.#pencil = { ...this.#pencil, ...pencil };
    this.#surface?.use(pencil);
  }

  #do(act: () => Promise<unknown>): void {
    this.#turn = this.#turn.then(act).catch(this.#parts.failed);
  }

  async #make(): Promise<void> {
    const { boardId } = await (await this.#boards).create(this.#parts.names.own);
    await this.#open(boardId);
    this.#parts.events.emit("roomCreation", { roomId: boardId });
  }

  async #open(roomId: string): Promise<void> {
    if (this.roomId === roomId) return this.#show();
    this.#close("otherRoom");
    const board = await (await this.#boards).open(roomId);
    this.#board = board;
    board.setReadOnly(this.#readOnly);
    await this.#show();
    let { elements } = board.view();
    board.subscribe(() => {
      if (board.view().elements === elements) return;
      elements = board.view().elements;
      this.#parts.events.emit("receiveRoomMessage", { roomId });
    });
  }

  /** Where there is an element to draw in. */
  async #show(): Promise<void> {
    this.#surface?.close();
    this.#surface = undefined;
    const host = this.#board && hostOf(this.#paper);
    if (!host || !this.#board) return;
    const { BoardSurface } = await this.#library;
    this.#surface = new BoardSurface(host, this.#board, { pencil: this.#pencil });
  }

  #close(reason: string): void {
    const roomId = this.roomId;
    this.#surface?.close();
    this.#surface = undefined;
    this.#board?.close();
    this.#board = undefined;
    if (roomId !== undefined) this.#parts.events.emit("closingWhiteBoard", { roomId, reason });
  }

  #follow(boards: Whiteboard): void {
    const { events, names } = this.#parts;
    boards.on("invited", ({ boardId, name, members }) => {
      const owner = members.find(({ role }) => role === "owner");
      const senderId = owner && names.idOf({ user: owner.user });
      events.emit("roomInvitation", { roomId: boardId, roomName: name, senderId });
    });
    boards.on("board", ({ boardId, board }) => this.#changed(boardId, board));
    for (const board of boards.view().boards) this.#remember(board);
  }

  #changed(roomId: string, board: BoardInfo | undefined): void {
    if (!board) {
      this.#rooms.delete(roomId);
      return void (roomId === this.roomId && this.#close("left"));
    }
    const before = this.#rooms.get(roomId);
    const contactList = this.#remember(board);
    if (contactList.join() === before) return;
    this.#parts.events.emit("contactListInRoom", { roomId, contactList });
    if (before !== undefined) this.#parts.events.emit("roomMemberUpdate", { roomId, contactList });
  }

  /** Who is in it by now. */
  #remember({ boardId, members }: BoardInfo): string[] {
    const { names } = this.#parts;
    const contacts = members.filter(({ invited }) => !invited).map(({ user }) => names.idOf({ user }));
    this.#rooms.set(boardId, contacts.join());
    return contacts;
  }
}

/** A canvas was painted on by pages themselves: what takes its place has its size. */
function hostOf(id: string | null | undefined): HTMLElement | undefined {
  const named = id ? document.getElementById(id) : null;
  if (!(named instanceof HTMLCanvasElement)) return named ?? undefined;
  const known = named.nextElementSibling;
  if (known instanceof HTMLElement && known.dataset["offhookPaper"] !== undefined) return known;
  const { clientWidth, clientHeight } = named;
  const host = document.createElement("div");
  host.dataset["offhookPaper"] = "";
  // Style sheets of the page's policy may forbid attributes, not properties.
  Object.assign(host.style, { position: "relative", width: `${clientWidth}px`, height: `${clientHeight}px` });
  named.hidden = true;
  named.after(host);
  return host;
}

/** `#rrggbb`, as the browser reads it; black where it is no colour. */
function plainColor(color: string): string {
  const pen = document.createElement("canvas").getContext("2d");
  if (!pen) return color.toLowerCase();
  pen.fillStyle = color;
  return String(pen.fillStyle).slice(0, 7);
}

const pointers = "nothing: touch, pen and mouse draw by themselves";

refuseGone(ApiRTCWhiteBoardClient.prototype, "apiCCWhiteBoardClient", {
  getContext: "setCanvas, and put of the library's Board",
  setFocusOnDrawing: "fit of the library's BoardSurface",
  deleteHistory: "clearPaper",
  toggleTouchScreen: pointers,
  activateTouchScreen: pointers,
  deactivateTouchScreen: pointers,
  setUserCursorColor: "nothing: each page has a colour of its own",
});
