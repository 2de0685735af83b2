import { css, html, LitElement, nothing, unsafeCSS } from "lit";
import type { CallStory, Step } from "../../../gateway/protocol/call-story.ts";
import { base } from "../look/styles.ts";
import { offsetText } from "./story-times.ts";
import { stepText } from "./ticket.ts";

/** Columns that a ladder may have: browser, gateway, relay, telephone, and three that rang beside. */
const maxLanes = 7;

/** Half a lane is a column of the grid, so that an arrow begins and ends in the middle of one. */
const columns = Array.from({ length: 2 * maxLanes + 1 }, (_, line) => line + 1)
  .map((line) => `.from${line} { grid-column-start: ${line}; } .to${line} { grid-column-end: ${line}; }`)
  .join("\n");
const widths = Array.from({ length: maxLanes }, (_, index) => index + 1)
  .map((lanes) => `.lanes${lanes} { --lanes: ${lanes}; }`)
  .join("\n");

/**
 * The steps of a call between its lanes. To assistive technology it is a list of sentences; each opens to what more is
 * known of the step.
 */
export class AdminLadder extends LitElement {
  static override properties = { story: { attribute: false }, opened: { state: true } };
  static override styles = [
    base,
    css`
      ${unsafeCSS(columns)}
      ${unsafeCSS(widths)}
      .lanes,
      .step {
        display: grid;
        grid-template-columns: repeat(calc(2 * var(--lanes)), minmax(0, 1fr));
        padding-left: 76px;
      }
      .lanes {
        padding-bottom: 10px;
      }
      .lane {
        grid-column-end: span 2;
        padding: 0 4px;
        text-align: center;
        overflow: hidden;
      }
      .lane b,
      .lane span {
        display: block;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .lane b {
        font-weight: 650;
      }
      .lane span,
      .time {
        color: var(--muted);
      }
      .body {
        position: relative;
        padding-bottom: 18px;
      }
      .rails {
        position: absolute;
        inset: 0 0 0 76px;
        pointer-events: none;
        display: grid;
        grid-template-columns: repeat(var(--lanes), minmax(0, 1fr));
      }
      .rails span {
        margin-left: 50%;
        border-left: 1px solid var(--line);
      }
      li {
        position: relative;
      }
      .step {
        position: relative;
        width: 100%;
        min-height: 36px;
        padding-top: 4px;
        text-align: left;
        border-radius: var(--radius-small);
        font-size: 14px;
        line-height: 20px;
      }
      .time {
        position: absolute;
        left: 8px;
        bottom: 2px;
        font-size: 12px;
        line-height: 16px;
      }
      .arrow {
        --colour: var(--text);
        position: relative;
        min-width: 0;
        display: grid;
        justify-items: center;
        align-content: end;
        padding: 0 8px 3px;
        color: var(--colour);
        border-bottom: 1.5px solid var(--colour);
      }
      .label {
        max-width: 100%;
        padding: 0 2px;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        background: linear-gradient(var(--bg), var(--bg)) center / 100% 12px no-repeat;
      }
      .quiet .arrow {
        --colour: var(--muted);
      }
      .good .arrow {
        --colour: var(--go-text);
      }
      .bad .arrow {
        --colour: var(--stop-text);
      }
      .missing .arrow {
        border-bottom-style: dashed;
      }
      .arrow::after {
        content: "";
        position: absolute;
        bottom: -5px;
        width: 8px;
        height: 8px;
        border: solid var(--colour);
        border-width: 1.5px 1.5px 0 0;
      }
      .right .arrow::after {
        right: 1px;
        transform: rotate(45deg);
      }
      .left .arrow::after {
        left: 1px;
        transform: rotate(-135deg);
      }
      .here .arrow {
        border-bottom: 0;
        padding-bottom: 4px;
      }
      .here .arrow::after {
        display: none;
      }
      .detail {
        margin: 4px 8px 10px 76px;
        padding: 10px 14px;
        border-radius: var(--radius);
        background: var(--sunken);
        font:
          13px/19px ui-monospace,
          monospace;
        overflow-wrap: anywhere;
      }
      @media (hover: hover) {
        .step:not(:disabled):hover {
          background: var(--sunken);
        }
        .step:not(:disabled):hover .label {
          background: none;
        }
      }
      .step:disabled {
        opacity: 1;
      }
      @media (max-width: 640px) {
        .lanes,
        .rails {
          display: none;
        }
        .step {
          display: flex;
          align-items: baseline;
          gap: 10px;
          min-height: 44px;
          padding: 8px 4px;
          border-bottom: 1px solid var(--line);
          border-radius: 0;
        }
        .time {
          position: static;
          flex: 0 0 58px;
        }
        .arrow {
          flex: 1;
          justify-items: start;
          padding: 0;
          border: 0;
        }
        .arrow::after {
          display: none;
        }
        .label {
          padding: 0;
          background: none;
          white-space: normal;
        }
        .narrow {
          display: block;
          color: var(--muted);
          font-size: 13px;
          line-height: 18px;
        }
        .detail {
          margin-left: 8px;
        }
      }
      @media (min-width: 641px) {
        .narrow {
          display: none;
        }
      }
      @media (forced-colors: active) {
        .arrow {
          --colour: CanvasText;
        }
      }
    `,
  ];

  declare story: CallStory;
  declare opened: ReadonlySet<number>;

  constructor() {
    super();
    this.opened = new Set();
  }

  override render() {
    const { lanes, steps } = this.story;
    const count = `lanes${Math.min(lanes.length, maxLanes)}`;
    return html`<div class="lanes ${count}" aria-hidden="true">
        ${lanes.map(({ name, detail }) => html`<div class="lane"><b>${name}</b><span title=${detail}>${detail}</span></div>`)}
      </div>
      <div class="body ${count}">
        <div class="rails">${lanes.map(() => html`<span></span>`)}</div>
        <ol aria-label="Steps of the call">
          ${steps.map((step, index) => this.#step(step, index))}
        </ol>
      </div>`;
  }

  #step(step: Step, index: number) {
    const { from, to, label, detail, ms } = step;
    const way = from === to ? "here" : to > from ? "right" : "left";
    const opened = this.opened.has(index);
    const span =
      from === to
        ? `from${2 * from + 1} to${2 * from + 3}`
        : `from${2 * Math.min(from, to) + 2} to${2 * Math.max(from, to) + 2}`;
    const sentence = stepText(step, this.story.lanes);
    return html`<li class="${step.tone} ${way} ${step.missing ? "missing" : ""}">
      <button
        class="step"
        ?disabled=${detail.length === 0}
        aria-expanded=${detail.length === 0 ? nothing : opened}
        @click=${() => this.#toggle(index)}
      >
        <span class="visually-hidden">${offsetText(ms)}, ${sentence}</span>
        <span class="time" aria-hidden="true">${offsetText(ms)}</span>
        <span class="arrow ${span}" aria-hidden="true">
          <span class="narrow">${sentence.split(": ")[0]}</span>
          <span class="label">${label}</span>
        </span>
      </button>
      ${opened ? html`<div class="detail">${detail.map((line) => html`<div>${line}</div>`)}</div>` : nothing}
    </li>`;
  }

  #toggle(index: number): void {
    const opened = new Set(this.opened);
    if (!opened.delete(index)) opened.add(index);
    this.opened = opened;
  }
}

customElements.define("admin-ladder", AdminLadder);

declare global {
  interface HTMLElementTagNameMap {
    "admin-ladder": AdminLadder;
  }
}
