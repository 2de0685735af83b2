import { css, html, LitElement, nothing } from "lit";
import type { CallStory, MediaFigure, Severity } from "../../../gateway/protocol/call-story.ts";
import { icon, type IconName } from "../look/icons.ts";
import { base, buttons, headings } from "../look/styles.ts";
import { spoken } from "./admin-place.ts";
import "./ladder-view.ts";
import { pcapAddress } from "./story-api.ts";
import { durationText, timeText } from "./story-times.ts";
import { ticketText } from "./ticket.ts";

const marks: Readonly<Record<Severity, IconName>> = {
  ok: "check",
  note: "bell",
  warning: "warning",
  failure: "warning",
};

/** One call: what it came to, what to do, its ladder, its figures. */
export class AdminStory extends LitElement {
  static override properties = {
    story: { attribute: false },
    advised: { state: true },
    copied: { state: true },
  };
  static override styles = [
    base,
    buttons,
    headings,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 320px;
        min-height: 100%;
      }
      main {
        padding: 20px 24px 40px;
        min-width: 0;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        align-items: center;
        margin-bottom: 18px;
      }
      .chip {
        padding: 3px 12px;
        border-radius: var(--pill);
        border: 1px solid var(--line);
        background: var(--sunken);
        color: var(--muted);
        font-size: 14px;
        overflow-wrap: anywhere;
      }
      .file {
        margin-left: auto;
        display: inline-flex;
        gap: 8px;
        align-items: center;
        min-height: 44px;
        padding: 6px 14px;
        border-radius: var(--pill);
        border: 1px solid var(--line);
      }
      .verdict {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        gap: 4px 18px;
        align-items: center;
        padding: 18px 22px;
        margin-bottom: 22px;
        border-radius: var(--radius);
        background: var(--go-soft);
        --tone: var(--go-text);
      }
      .verdict.failure {
        background: var(--stop-soft);
        --tone: var(--stop-text);
      }
      .verdict.warning {
        background: var(--warn-soft);
        --tone: var(--warn-text);
      }
      .verdict.note {
        background: var(--me-soft);
        --tone: var(--text);
      }
      .verdict .icon,
      .verdict h2 {
        color: var(--tone);
      }
      .verdict h2 {
        font-size: 17px;
        line-height: 24px;
      }
      .verdict ul {
        grid-column: 2 / -1;
        margin-top: 8px;
        padding-left: 18px;
        list-style: disc;
      }
      aside {
        padding: 24px;
        background: var(--sunken);
        border-left: 1px solid var(--line);
      }
      aside h2 {
        margin: 22px 0 8px;
      }
      aside h2:first-child {
        margin-top: 0;
      }
      dl > div {
        display: flex;
        gap: 12px;
        justify-content: space-between;
        padding: 5px 0;
      }
      dt {
        color: var(--muted);
      }
      dd {
        text-align: right;
        font-weight: 650;
      }
      .good {
        color: var(--go-text);
      }
      .bad {
        color: var(--stop-text);
      }
      aside .button {
        width: 100%;
      }
      @media (max-width: 1020px) {
        :host {
          grid-template-columns: minmax(0, 1fr);
        }
        aside {
          border-left: 0;
          border-top: 1px solid var(--line);
        }
      }
      @media (max-width: 640px) {
        main {
          padding: 16px 16px 28px;
        }
        .file {
          margin-left: 0;
        }
        .verdict {
          grid-template-columns: auto minmax(0, 1fr);
          align-items: start;
          padding: 16px;
        }
        .verdict .button {
          grid-column: 1 / -1;
          margin-top: 8px;
        }
        .verdict ul {
          grid-column: 1 / -1;
        }
      }
    `,
  ];

  declare story: CallStory;
  declare advised: boolean;
  declare copied: boolean;

  constructor() {
    super();
    this.advised = false;
    this.copied = false;
  }

  override render() {
    const { reference, from, to, network } = this.story;
    return html`<main>
        <header>
          <h1>Call ${spoken(reference)}</h1>
          <span class="chip">${from} → ${to}</span>
          ${network === undefined ? nothing : html`<span class="chip">Trunk ${network}</span>`}
          <span class="chip">${this.#when()}</span>
          <a class="file" href=${pcapAddress(reference)} download>${icon("import", 18)} Wireshark file</a>
        </header>
        ${this.#verdict()}
        <admin-ladder .story=${this.story}></admin-ladder>
      </main>
      <aside aria-label="Figures of the call">${this.#figures()} ${this.#sameCause()} ${this.#doNow()}</aside>`;
  }

  #when(): string {
    const { running, endedAt, at, durationMs } = this.story;
    if (running) return `going on since ${timeText(at)}`;
    return `ended ${timeText(endedAt ?? at)}, ${durationText(durationMs)}`;
  }

  #verdict() {
    const { severity, title, text, advice } = this.story.verdict;
    return html`<section class="verdict ${severity}" aria-labelledby="verdict">
      ${icon(marks[severity], 24)}
      <div>
        <h2 id="verdict">${title}</h2>
        <p>${text}</p>
      </div>
      ${
        advice.length === 0
          ? nothing
          : html`<button class="button" aria-expanded=${this.advised} @click=${() => (this.advised = !this.advised)}>
              What to do
            </button>`
      }
      ${
        this.advised
          ? html`<ul>
              ${advice.map((line) => html`<li>${line}</li>`)}
            </ul>`
          : nothing
      }
    </section>`;
  }

  #figures() {
    const { media, outcome } = this.story;
    const ended = outcome && [
      outcome.cause,
      outcome.sip && `SIP ${outcome.sip}`,
      outcome.q850 && `Q.850 ${outcome.q850}`,
    ];
    return html`${
      media.length === 0
        ? nothing
        : html`<h2>Media</h2>
            <dl>${media.map(figure)}</dl>`
    }
    ${
      outcome
        ? html`<h2>End</h2>
            <dl>
              ${figure({ name: `By the ${outcome.by}`, value: (ended ?? []).filter(Boolean).join(", "), tone: "plain" })}
            </dl>`
        : nothing
    }`;
  }

  #sameCause() {
    const { calls, firstAt, networks } = this.story.sameCauseToday;
    const { severity } = this.story.verdict;
    if (severity === "ok" || calls === 0) return nothing;
    const tone = calls > 1 ? "bad" : "plain";
    return html`<h2>Same cause today</h2>
      <dl>
        ${figure({ name: "All", value: calls === 1 ? "this call only" : `${calls} calls`, tone })}
        ${firstAt === undefined || calls < 2 ? nothing : figure({ name: "First seen", value: timeText(firstAt), tone: "plain" })}
        ${networks
          .filter(({ name }) => name !== "")
          .map(({ name, calls: count }) => figure({ name: `Trunk ${name}`, value: String(count), tone: "plain" }))}
      </dl>`;
  }

  #doNow() {
    const { keptDays, masked } = this.story;
    return html`<h2>Do now</h2>
      <button class="button" @click=${() => void this.#copy()}>
        ${icon(this.copied ? "check" : "copy", 18)}
        <span aria-live="polite">${this.copied ? "Copied" : "Copy for the ticket"}</span>
      </button>
      <h2>Kept ${keptDays} days</h2>
      <p class="quiet">
        ${masked ? "Numbers are masked for this role. " : ""}Bodies, keys and what was dialled in the call are never
        stored.
      </p>`;
  }

  async #copy(): Promise<void> {
    await navigator.clipboard.writeText(ticketText(this.story, location.href));
    this.copied = true;
  }
}

const figure = ({ name, value, tone }: MediaFigure) =>
  html`<div>
    <dt>${name}</dt>
    <dd class=${tone}>${value}</dd>
  </div>`;

customElements.define("admin-story", AdminStory);

declare global {
  interface HTMLElementTagNameMap {
    "admin-story": AdminStory;
  }
}
