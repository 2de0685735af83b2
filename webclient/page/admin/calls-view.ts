import { css, html, LitElement, nothing } from "lit";
import type { CallSummary } from "../../../gateway/protocol/call-story.ts";
import { icon } from "../look/icons.ts";
import { base, buttons, headings } from "../look/styles.ts";
import { cleaned, pathOf, spoken } from "./admin-place.ts";
import { durationText, timeText } from "./story-times.ts";

/** The last calls with their verdicts, newest first. `wanted`, `older`: what the user asks for, as events. */
export class AdminCalls extends LitElement {
  static override properties = {
    calls: { attribute: false },
    more: { attribute: false },
    failuresOnly: { state: true },
  };
  static override styles = [
    base,
    buttons,
    headings,
    css`
      main {
        max-width: 1080px;
        margin: 0 auto;
        padding: 20px 24px 40px;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        gap: 12px;
        align-items: center;
        margin-bottom: 14px;
      }
      h1 {
        flex: 1;
      }
      form {
        display: flex;
        gap: 8px;
      }
      input[type="text"] {
        width: 180px;
        min-height: 44px;
        padding: 8px 14px;
        border-radius: var(--radius);
        border: 1px solid var(--line);
        background: var(--surface);
        text-transform: uppercase;
      }
      input::placeholder {
        color: var(--muted);
        text-transform: none;
      }
      .only {
        display: inline-flex;
        gap: 8px;
        align-items: center;
        min-height: 44px;
      }
      li {
        border-top: 1px solid var(--line);
      }
      li:last-child {
        border-bottom: 1px solid var(--line);
      }
      a {
        display: grid;
        grid-template-columns: 132px 92px minmax(0, 1fr) minmax(0, 1fr) 84px;
        gap: 4px 14px;
        align-items: baseline;
        padding: 12px 8px;
        border-radius: var(--radius-small);
      }
      .reference {
        font-weight: 650;
      }
      .who,
      .title {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .length {
        text-align: right;
      }
      .time,
      .length {
        color: var(--muted);
      }
      .title::before {
        content: "";
        display: inline-block;
        width: 8px;
        height: 8px;
        margin-right: 8px;
        border-radius: 50%;
        background: var(--go);
      }
      .failure .title {
        color: var(--stop-text);
      }
      .failure .title::before {
        background: var(--stop);
      }
      .warning .title {
        color: var(--warn-text);
      }
      .warning .title::before {
        background: var(--warn-text);
      }
      .note .title::before {
        background: var(--me);
      }
      .older {
        margin-top: 18px;
      }
      @media (hover: hover) {
        a:hover {
          background: var(--sunken);
        }
      }
      @media (max-width: 760px) {
        main {
          padding: 16px 16px 32px;
        }
        form,
        input[type="text"] {
          width: 100%;
        }
        a {
          grid-template-columns: minmax(0, 1fr) auto;
          padding: 12px 4px;
        }
        .who,
        .title {
          grid-column: 1 / -1;
        }
        .title {
          white-space: normal;
        }
        .time {
          order: -1;
        }
        .reference {
          order: -1;
        }
        .length {
          display: none;
        }
      }
    `,
  ];

  declare calls: readonly CallSummary[];
  declare more: boolean;
  declare failuresOnly: boolean;

  constructor() {
    super();
    this.calls = [];
    this.more = false;
    this.failuresOnly = false;
  }

  override render() {
    const shown = this.failuresOnly ? this.calls.filter(({ verdict }) => verdict.severity !== "ok") : this.calls;
    return html`<main>
      <div class="head">
        <h1>Calls</h1>
        <label class="only">
          <input
            type="checkbox"
            .checked=${this.failuresOnly}
            @change=${(event: Event) => (this.failuresOnly = (event.target as HTMLInputElement).checked)}
          />
          Only what went wrong
        </label>
        <form @submit=${(event: SubmitEvent) => this.#find(event)}>
          <input
            type="text"
            name="reference"
            aria-label="Reference of a call"
            placeholder="Reference"
            maxlength="16"
            autocomplete="off"
            spellcheck="false"
          />
          <button class="button">${icon("search", 18)} Find</button>
        </form>
      </div>
      ${
        shown.length === 0
          ? html`<p class="quiet">${this.#empty()}</p>`
          : html`<ul>
              ${shown.map(line)}
            </ul>`
      }
      ${
        this.more
          ? html`<button class="button older" @click=${() => this.dispatchEvent(new CustomEvent("older"))}>
              Older calls
            </button>`
          : nothing
      }
    </main>`;
  }

  #empty(): string {
    return this.calls.length === 0 ? "No call has been made yet." : "Nothing went wrong in these calls.";
  }

  #find(event: SubmitEvent): void {
    event.preventDefault();
    const text = new FormData(event.target as HTMLFormElement).get("reference");
    const reference = cleaned(typeof text === "string" ? text : "");
    if (reference !== "") this.dispatchEvent(new CustomEvent("wanted", { detail: reference }));
  }
}

const line = ({ reference, at, from, to, durationMs, running, verdict }: CallSummary) =>
  html`<li>
    <a class=${verdict.severity} href=${pathOf({ reference })}>
      <span class="time">${timeText(at)}</span>
      <span class="reference">${spoken(reference)}</span>
      <span class="who">${from} → ${to}</span>
      <span class="title">${verdict.title}</span>
      <span class="length">${running ? "now" : durationText(durationMs)}</span>
    </a>
  </li>`;

customElements.define("admin-calls", AdminCalls);

declare global {
  interface HTMLElementTagNameMap {
    "admin-calls": AdminCalls;
  }
}
