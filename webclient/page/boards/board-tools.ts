import { css, html, LitElement, nothing } from "lit";
import type { BoardSurface, Tool } from "../../whiteboard/index.ts";
import { icon, type IconName } from "../look/icons.ts";
import { base } from "../look/styles.ts";
import { Watch } from "../look/watch.ts";
import { words } from "../words/words.ts";
import { inks, widths } from "./inks.ts";

const shapes = ["line", "arrow", "rectangle", "ellipse"] as const satisfies readonly Tool[];
type Shape = (typeof shapes)[number];

/** The key of each tool, beside its name. */
export const toolKeys: Readonly<Record<Tool | "image", string>> = {
  pen: "p",
  line: "l",
  arrow: "a",
  rectangle: "r",
  ellipse: "o",
  text: "t",
  image: "i",
  eraser: "e",
  laser: "x",
  pan: "h",
};

const pictures: Readonly<Record<Tool | "image", IconName>> = {
  pen: "pen",
  line: "line",
  arrow: "arrow",
  rectangle: "rectangle",
  ellipse: "ellipse",
  text: "letters",
  image: "image",
  eraser: "eraser",
  laser: "laser",
  pan: "hand",
};

/** What is drawn with: tools, colours, widths. Where there is little room, shapes and colours fold into one button each. */
export class PhoneBoardTools extends LitElement {
  static override properties = {
    surface: { attribute: false },
    canDraw: { type: Boolean },
    dark: { attribute: false },
    folded: { state: true },
  };
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        justify-items: center;
        gap: 8px;
        pointer-events: none;
      }
      .bar {
        display: flex;
        align-items: center;
        padding: 4px;
        gap: 2px;
        max-width: 100%;
        background: var(--surface);
        border: 1px solid var(--line);
        border-radius: var(--radius-large);
        box-shadow: var(--shadow);
        pointer-events: auto;
      }
      button {
        width: 44px;
        height: 44px;
        flex: none;
        display: grid;
        place-items: center;
        border-radius: 16px;
        transition: background-color var(--leave);
      }
      button[aria-pressed="true"] {
        background: var(--me-soft);
        color: var(--me);
      }
      .inks button {
        width: 38px;
      }
      .dot {
        width: 22px;
        height: 22px;
        border-radius: 50%;
        box-shadow: 0 0 0 1px var(--line);
      }
      .inks button[aria-pressed="true"] {
        background: none;
      }
      .inks button[aria-pressed="true"] .dot {
        outline: 2px solid var(--me);
        outline-offset: 3px;
      }
      .width {
        border-radius: 50%;
        background: currentColor;
      }
      .apart {
        width: 1px;
        height: 24px;
        margin: 0 4px;
        background: var(--line);
      }
      .unfolds {
        display: none;
      }
      @media (max-width: 699.9px) {
        .unfolds {
          display: grid;
        }
        .bar {
          gap: 0;
        }
        .bar button {
          flex: 0 1 44px;
          min-width: 0;
        }
        .shapes,
        .inks,
        .only-wide {
          display: none;
        }
        .shapes.shown,
        .inks.shown {
          display: flex;
        }
        .shapes.shown {
          position: absolute;
          inset-block-end: calc(100% + 8px);
        }
        .inks.shown {
          width: min(344px, 100%);
          flex-wrap: wrap;
          justify-content: center;
        }
        .inks.shown button {
          flex: none;
          width: 12.5%;
        }
        .inks .apart {
          width: 100%;
          height: 1px;
          margin: 2px 8px;
        }
        .inks.shown .apart ~ button {
          width: 25%;
        }
      }
      @media (min-width: 700px) {
        .shapes {
          display: contents;
        }
      }
      @media (hover: hover) {
        button:not([aria-pressed="true"]):hover {
          background: var(--sunken);
        }
      }
      @media (forced-colors: active) {
        button[aria-pressed="true"] {
          outline: 2px solid Highlight;
          outline-offset: -2px;
        }
        .dot,
        .width {
          forced-color-adjust: none;
        }
      }
    `,
  ];

  declare surface: BoardSurface | undefined;
  declare canDraw: boolean;
  /** How a colour looks on the paper of now. */
  declare dark: (color: string) => string;
  declare folded: "shapes" | "inks" | undefined;
  #shape: Shape = "arrow";

  constructor() {
    super();
    this.canDraw = false;
    this.dark = (color) => color;
    new Watch(this, () => [this.surface]);
  }

  override render() {
    const view = this.surface?.view();
    if (!view) return nothing;
    const { tool } = view;
    if (isShape(tool)) this.#shape = tool;
    if (!this.canDraw)
      return html`<div class="bar" role="group" aria-label=${words.boards.toolsTitle}>
        ${this.#tool("laser")}${this.#tool("pan")}
      </div>`;
    return html`${this.#inks(view.color, view.size)}
      <div class="bar" role="group" aria-label=${words.boards.toolsTitle}>
        ${this.#tool("pen")} ${this.#unfold("shapes", words.boards.shapes, pictures[this.#shape], isShape(tool))}
        <span class="shapes ${this.folded === "shapes" ? "bar shown" : ""}">
          ${shapes.map((shape) => this.#tool(shape))}
        </span>
        ${this.#tool("text")} ${this.#image()} ${this.#tool("eraser")} ${this.#tool("laser")}
        <span class="only-wide">${this.#tool("pan")}</span>
        <button
          class="unfolds"
          aria-label=${words.boards.inks}
          aria-expanded=${String(this.folded === "inks")}
          @click=${() => this.#fold("inks")}
        >
          <span class="dot" .style=${`background:${this.dark(view.color)}`}></span>
        </button>
      </div>`;
  }

  #inks(color: string, size: number) {
    return html`<div
      class="bar inks ${this.folded === "inks" ? "shown" : ""}"
      role="group"
      aria-label=${words.boards.inks}
    >
      ${inks.map(
        (ink) =>
          html`<button
            aria-pressed=${String(ink === color)}
            aria-label=${words.boards.colors[ink]}
            title=${words.boards.colors[ink]}
            @click=${() => this.#use({ color: ink })}
          >
            <span class="dot" .style=${`background:${this.dark(ink)}`}></span>
          </button>`,
      )}
      <span class="apart"></span>
      ${widths.map(
        (width, at) =>
          html`<button
            aria-pressed=${String(width === size)}
            aria-label=${words.boards.widths[at] ?? ""}
            title=${words.boards.widths[at] ?? ""}
            @click=${() => this.#use({ size: width })}
          >
            <span class="width" .style=${`inline-size:${3 + width}px;block-size:${3 + width}px`}></span>
          </button>`,
      )}
    </div>`;
  }

  #tool(tool: Tool) {
    const { tool: used } = this.surface?.view() ?? {};
    const name = words.boards.tools[tool];
    return html`<button
      data-tool=${tool}
      aria-pressed=${String(tool === used)}
      aria-label=${name}
      aria-keyshortcuts=${toolKeys[tool]}
      title="${name} (${toolKeys[tool].toUpperCase()})"
      @click=${() => this.#use({ tool })}
    >
      ${icon(pictures[tool])}
    </button>`;
  }

  #unfold(what: "shapes", name: string, picture: IconName, pressed: boolean) {
    return html`<button
      class="unfolds"
      aria-label=${name}
      aria-expanded=${String(this.folded === what)}
      aria-pressed=${String(pressed)}
      @click=${() => this.#fold(what)}
    >
      ${icon(picture)}
    </button>`;
  }

  #image() {
    const name = words.boards.tools.image;
    return html`<button
      data-tool="image"
      aria-label=${name}
      aria-keyshortcuts=${toolKeys.image}
      title="${name} (${toolKeys.image.toUpperCase()})"
      @click=${() => this.dispatchEvent(new CustomEvent("image"))}
    >
      ${icon(pictures.image)}
    </button>`;
  }

  #fold(what: "shapes" | "inks"): void {
    this.folded = this.folded === what ? undefined : what;
  }

  #use(pencil: Parameters<BoardSurface["use"]>[0]): void {
    this.surface?.use(pencil);
    this.folded = undefined;
  }
}

const isShape = (tool: Tool): tool is Shape => shapes.some((shape) => shape === tool);

customElements.define("phone-board-tools", PhoneBoardTools);
