import { html, LitElement, nothing } from "lit";
import { ref } from "lit/directives/ref.js";
import { systemClock } from "../../../gateway/base/clock.ts";
import {
  BoardSurface,
  darkLook,
  lightLook,
  readPicture,
  seatColor,
  toPng,
  toSvg,
  type Board,
  type Point,
} from "../../whiteboard/index.ts";
import "../look/avatar.ts";
import { icon } from "../look/icons.ts";
import { base, buttons, headings } from "../look/styles.ts";
import { typesText } from "../look/typing.ts";
import { Watch } from "../look/watch.ts";
import type { Phone } from "../model/phone.ts";
import { words } from "../words/words.ts";
import { memberName, othersOn } from "./board-name.ts";
import "./board-people.ts";
import { boardStyles } from "./board-styles.ts";
import "./board-tools.ts";
import { toolKeys } from "./board-tools.ts";
import { letterHeight } from "./inks.ts";

const papers = ["plain", "dots", "grid", "lines"] as const;
const paperIcons = { plain: "rectangle", dots: "dots", grid: "grid", lines: "lines" } as const;
/** Steps of keys, in pixels of the screen and as a factor. */
const panStep = 60;
const zoomStep = 1.25;

/** A whiteboard: the paper, and around it what is done there. */
export class PhoneBoardView extends LitElement {
  static override properties = {
    phone: { attribute: false },
    item: {},
    panel: { state: true },
    writing: { state: true },
  };
  static override styles = [base, buttons, headings, boardStyles];

  declare phone: Phone;
  /** The board's id. */
  declare item: string;
  declare panel: "more" | "people" | undefined;
  /** Where a text is being written, a point of the board. */
  declare writing: Point | undefined;
  #surface: BoardSurface | undefined;
  #board: Board | undefined;
  readonly #scheme = matchMedia("(prefers-color-scheme: dark)");

  constructor() {
    super();
    new Watch(this, () => [
      this.phone.boards,
      this.phone.people,
      this.phone.preferences,
      this.phone.boards.view().open,
      this.#surface,
    ]);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("keydown", this.#keys, true);
    document.addEventListener("paste", this.#paste);
    this.#scheme.addEventListener("change", this.#relook);
    void this.phone.boards.show(this.item);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("keydown", this.#keys, true);
    document.removeEventListener("paste", this.#paste);
    this.#scheme.removeEventListener("change", this.#relook);
    this.#surface?.close();
    this.#surface = this.#board = undefined;
    this.phone.boards.hide();
  }

  override render() {
    const { open } = this.phone.boards.view();
    if (!open)
      return html`<div class="loading">
        ${icon("board", 40)}
        <p role="status">${words.boards.opening}</p>
      </div>`;
    const { elements, pending, state, canDraw } = open.view();
    return html`${this.#head(open)}
      <div class="paper">
        <div
          class="surface"
          tabindex="0"
          role="img"
          aria-label=${words.boards.paper(open.view().name, elements.length)}
          data-tool=${canDraw ? (this.#surface?.view().tool ?? "pen") : "pan"}
        ></div>
        ${this.writing ? this.#field(this.writing) : nothing} ${this.#zoom()}
        ${pending > 0 && state === "loading" ? html`<p class="waiting" role="status">${words.boards.waiting}</p>` : nothing}
        <phone-board-tools
          .surface=${this.#surface}
          .canDraw=${canDraw}
          .dark=${this.#look.ink}
          @image=${() => this.#choosePicture()}
        ></phone-board-tools>
        ${this.panel === "more" ? this.#more(open) : this.panel === "people" ? this.#people() : nothing}
        <input
          type="file"
          accept="image/*"
          hidden
          @change=${(event: Event) => void this.#addPicture((event.target as HTMLInputElement).files?.[0])}
        />
      </div>`;
  }

  /** The paper is made once the place for it is there. */
  protected override updated(): void {
    const { open } = this.phone.boards.view();
    if (open === this.#board) return;
    this.#surface?.close();
    this.#surface = undefined;
    this.#board = open;
    const host = this.renderRoot.querySelector<HTMLElement>(".surface");
    if (!open || !host) return;
    this.#surface = new BoardSurface(host, open, { look: this.#look });
    this.#surface.on("text", (at) => (this.writing = at));
    if (open.view().elements.length > 0) this.#surface.fit();
    this.requestUpdate();
  }

  get #look() {
    const { theme } = this.phone.preferences.view();
    return theme === "dark" || (theme === "auto" && this.#scheme.matches) ? darkLook : lightLook;
  }

  readonly #relook = (): void => {
    this.#surface?.setLook(this.#look);
    this.requestUpdate();
  };

  protected override willUpdate(): void {
    this.#surface?.setLook(this.#look);
  }

  #head(board: Board) {
    const { name, canUndo, canRedo, here } = board.view();
    const info = this.phone.boards.find(this.item);
    return html`<header>
      <a class="round back" href="#/boards" aria-label=${words.nav.back}>${icon("back")}</a>
      <div class="who">
        <h1>${name}</h1>
        <p class="quiet">${info ? othersOn(this.phone, info) : ""}</p>
      </div>
      <div
        class="seats"
        role="img"
        aria-label=${words.boards.here(here.map((one) => memberName(this.phone, one.user, one.name)))}
      >
        ${here.slice(0, 5).map((one) => this.#seat(one))}
      </div>
      ${this.#act("undo", words.boards.undo, () => board.undo(), !canUndo)}
      ${this.#act("redo", words.boards.redo, () => board.redo(), !canRedo)}
      ${this.#opens("people", "people", words.boards.people)} ${this.#opens("more", "more", words.boards.more)}
    </header>`;
  }

  #seat({ seat, user, name }: { readonly seat: number; readonly user: string; readonly name?: string }) {
    const shown = memberName(this.phone, user, name);
    return html`<span class="seat" title=${shown} .style=${`outline-color:${seatColor(seat)}`}
      ><phone-avatar .name=${this.phone.people.of({ user })?.name ?? name ?? user}></phone-avatar
    ></span>`;
  }

  #act(picture: "undo" | "redo", name: string, act: () => void, disabled: boolean) {
    return html`<button class="round" aria-label=${name} title=${name} ?disabled=${disabled} @click=${act}>
      ${icon(picture)}
    </button>`;
  }

  #opens(panel: "more" | "people", picture: "more" | "people", name: string) {
    return html`<button
      class="round"
      aria-label=${name}
      title=${name}
      aria-expanded=${String(this.panel === panel)}
      @click=${() => (this.panel = this.panel === panel ? undefined : panel)}
    >
      ${icon(picture)}
    </button>`;
  }

  #people() {
    const board = this.phone.boards.find(this.item);
    return html`<div class="panel" role="group" aria-label=${words.boards.people}>
      ${board ? html`<phone-board-people .phone=${this.phone} .board=${board}></phone-board-people>` : nothing}
    </div>`;
  }

  #more(board: Board) {
    const { background, canDraw, elements } = board.view();
    const line = (picture: "import" | "fit" | "bin", name: string, act: () => void, kind = "") =>
      html`<button
        class="line ${kind}"
        @click=${() => {
          this.panel = undefined;
          act();
        }}
      >
        ${icon(picture, 20)}${name}
      </button>`;
    return html`<div class="panel" role="group" aria-label=${words.boards.more}>
      ${
        canDraw
          ? html`<h2>${words.boards.background}</h2>
              <div class="papers">
                ${papers.map(
                  (paper) =>
                    html`<button
                      aria-pressed=${String(paper === background.paper)}
                      @click=${() => board.setBackground({ ...background, paper })}
                    >
                      ${icon(paperIcons[paper], 28)}${words.boards.papers[paper]}
                    </button>`,
                )}
              </div>`
          : nothing
      }
      ${line("fit", words.boards.fit, () => this.#surface?.fit())}
      ${line("import", words.boards.exportPng, () => void this.#export("png"))}
      ${line("import", words.boards.exportSvg, () => void this.#export("svg"))}
      ${
        canDraw && elements.length > 0
          ? line("bin", words.boards.clear, () => confirm(words.boards.clearSure) && board.clear(), "stop")
          : nothing
      }
    </div>`;
  }

  #zoom() {
    const { scale } = this.#surface?.view().viewport ?? { scale: 1 };
    return html`<div class="zoom" role="group" aria-label=${words.boards.zoom}>
      <button
        class="round"
        aria-label=${words.boards.smaller}
        title=${words.boards.smaller}
        @click=${() => this.#surface?.zoom(1 / zoomStep)}
      >
        ${icon("minus", 20)}
      </button>
      <button class="share" title=${words.boards.fit} @click=${() => this.#surface?.fit()}>
        ${Math.round(scale * 100)} %
      </button>
      <button
        class="round"
        aria-label=${words.boards.larger}
        title=${words.boards.larger}
        @click=${() => this.#surface?.zoom(zoomStep)}
      >
        ${icon("plus", 20)}
      </button>
    </div>`;
  }

  /** A field as large as the text will be, where it will be. */
  #field(at: Point) {
    const surface = this.#surface;
    if (!surface) return nothing;
    const { color, size, viewport } = surface.view();
    const [x, y] = surface.screenOf(at);
    const height = (letterHeight[size] ?? size * 4) * viewport.scale;
    const place = `left:${x}px;top:${y}px;color:${this.#look.ink(color)};font-size:${height}px`;
    return html`<textarea
      rows="1"
      aria-label=${words.boards.tools.text}
      maxlength="2000"
      .style=${place}
      @input=${(event: InputEvent) => fitField(event.target as HTMLTextAreaElement)}
      @keydown=${(event: KeyboardEvent) => this.#fieldKeys(event)}
      @blur=${(event: Event) => this.#write((event.target as HTMLTextAreaElement).value)}
      ${focused}
    ></textarea>`;
  }

  #fieldKeys(event: KeyboardEvent): void {
    if (event.key !== "Escape" && (event.key !== "Enter" || event.shiftKey)) return;
    event.preventDefault();
    this.#write(event.key === "Enter" ? (event.target as HTMLTextAreaElement).value : "");
    this.renderRoot.querySelector<HTMLElement>(".surface")?.focus();
  }

  /** Once, however the writing ended. */
  #write(value: string): void {
    const [at, board, surface] = [this.writing, this.#board, this.#surface];
    this.writing = undefined;
    const text = value.replace(/\t/g, "  ").trimEnd();
    if (!at || !text || !surface || !board) return;
    const { color, size } = surface.view();
    const height = letterHeight[size] ?? size * 4;
    board.put([board.compose({ kind: "text", color, size: height, points: [at], text })]);
  }

  #choosePicture(): void {
    this.renderRoot.querySelector<HTMLInputElement>("input[type=file]")?.click();
  }

  async #addPicture(file: Blob | undefined): Promise<void> {
    const [board, surface] = [this.#board, this.#surface];
    if (!file || !board || !surface) return;
    try {
      const { source, extent } = await readPicture(file);
      const [x, y] = surface.middle;
      const share = Math.min(1, 480 / Math.max(...extent));
      const [width, height] = [extent[0] * share, extent[1] * share];
      const points: [Point, Point] = [
        [x - width / 2, y - height / 2],
        [x + width / 2, y + height / 2],
      ];
      board.put([board.compose({ kind: "image", source, points })]);
    } catch (thrown) {
      this.phone.notices.tell(thrown);
    }
  }

  async #export(kind: "png" | "svg"): Promise<void> {
    const view = this.#board?.view();
    if (!view) return;
    const { elements, background, name } = view;
    try {
      const blob =
        kind === "png"
          ? await toPng(elements, background)
          : new Blob([toSvg(elements, background)], { type: "image/svg+xml" });
      download(blob, `${name.replace(/[^\p{L}\p{N} _-]/gu, "") || "whiteboard"}.${kind}`);
    } catch (thrown) {
      this.phone.notices.tell(thrown);
    }
  }

  readonly #paste = (event: ClipboardEvent): void => {
    const file = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith("image/"));
    if (!file || !this.#board?.view().canDraw) return;
    event.preventDefault();
    void this.#addPicture(file);
  };

  /** Before the page's own keys: on a board letters are tools. */
  readonly #keys = (event: KeyboardEvent): void => {
    const [board, surface] = [this.#board, this.#surface];
    if (!board || !surface || typesText(document) || event.altKey) return;
    if (!this.#key(event, board, surface)) return;
    event.preventDefault();
  };

  #key(event: KeyboardEvent, board: Board, surface: BoardSurface): boolean {
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
      if (key === "z" && !event.shiftKey) board.undo();
      else if (key === "y" || key === "z") board.redo();
      else return false;
      return true;
    }
    if (key === "escape" && this.panel) return (this.panel = undefined) === undefined;
    if (!this.phone.preferences.view().shortcuts) return false;
    if (key === "+" || key === "=") surface.zoom(zoomStep);
    else if (key === "-") surface.zoom(1 / zoomStep);
    else if (key === "0") surface.fit();
    else if (key === toolKeys.image && board.view().canDraw) this.#choosePicture();
    else if (this.#isOnPaper) return this.#paperKey(event.key, surface) || this.#choose(key, board, surface);
    else return this.#choose(key, board, surface);
    return true;
  }

  get #isOnPaper(): boolean {
    return this.shadowRoot?.activeElement?.className === "surface";
  }

  /** Keys of the paper itself: arrows move it, Enter writes in its middle. */
  #paperKey(key: string, surface: BoardSurface): boolean {
    const ways: Readonly<Record<string, Point>> = {
      ArrowLeft: [panStep, 0],
      ArrowRight: [-panStep, 0],
      ArrowUp: [0, panStep],
      ArrowDown: [0, -panStep],
    };
    const way = ways[key];
    if (way) surface.pan(...way);
    else if (key === "Enter" && surface.view().tool === "text") this.writing = surface.middle;
    else return false;
    return true;
  }

  #choose(key: string, board: Board, surface: BoardSurface): boolean {
    const tool = (Object.keys(toolKeys) as (keyof typeof toolKeys)[]).find((name) => toolKeys[name] === key);
    if (!tool || tool === "image") return false;
    if (!board.view().canDraw && tool !== "laser" && tool !== "pan") return false;
    surface.use({ tool });
    return true;
  }
}

/** The field has the focus as soon as it is there. */
const focused = ref((element) => {
  if (element instanceof HTMLTextAreaElement) {
    element.focus();
    fitField(element);
  }
});

function fitField(field: HTMLTextAreaElement): void {
  field.style.blockSize = "auto";
  field.style.blockSize = `${field.scrollHeight}px`;
  field.style.inlineSize = "auto";
  field.style.inlineSize = `${field.scrollWidth + 8}px`;
}

function download(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  systemClock.after(10_000, () => URL.revokeObjectURL(link.href));
}

customElements.define("phone-board-view", PhoneBoardView);
