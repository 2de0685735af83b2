import { css, html, LitElement, nothing } from "lit";
import type { Attachment, Message } from "../../index.ts";
import { icon } from "../look/icons.ts";
import { base, buttons } from "../look/styles.ts";
import { clockTime } from "../words/times.ts";
import { words } from "../words/words.ts";
import "./attachment.ts";

/** Up to three pictures and nothing else: they are shown as what they are. */
const fewSigns = /^(\p{Extended_Pictographic}[\u{fe0f}\u{200d}\u{1f3fb}-\u{1f3ff}]*\s?){1,3}$/u;

/** One message. Its text is shown as text, whatever stands in it. Tells `edit` and `remove`. */
export class PhoneBubble extends LitElement {
  static override properties = {
    message: { attribute: false },
    own: { type: Boolean, reflect: true },
    follows: { type: Boolean, reflect: true },
    sender: {},
    failed: { type: Boolean },
    brief: { type: Boolean },
    marked: { type: Boolean, reflect: true },
    link: { attribute: false },
  };
  static override styles = [
    base,
    buttons,
    css`
      :host {
        display: grid;
        justify-items: start;
        padding-top: 10px;
      }
      :host([follows]) {
        padding-top: 3px;
      }
      :host([own]) {
        justify-items: end;
      }
      .line {
        display: flex;
        align-items: center;
        gap: 2px;
        max-width: min(82%, 560px);
      }
      :host([own]) .line {
        flex-direction: row-reverse;
      }
      .text {
        min-width: 0;
        padding: 9px 14px;
        border: 1px solid var(--line);
        border-radius: 18px 18px 18px 6px;
        background: var(--surface);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      :host([own]) .text {
        border-color: transparent;
        border-radius: 18px 18px 6px 18px;
        background: var(--me-soft);
      }
      .text.large {
        padding: 2px 4px;
        border-color: transparent;
        background: none;
        font-size: 34px;
        line-height: 42px;
      }
      phone-attachment {
        max-width: min(82%, 360px);
        margin-bottom: 3px;
      }
      :host([marked]) .text {
        animation: marked 2.4s ease-out;
      }
      @keyframes marked {
        0%,
        60% {
          box-shadow: 0 0 0 3px var(--me);
        }
        100% {
          box-shadow: 0 0 0 3px transparent;
        }
      }
      @media (prefers-reduced-motion: reduce) {
        :host([marked]) .text {
          box-shadow: 0 0 0 2px var(--me);
        }
      }
      .deleted {
        font-style: italic;
        color: var(--muted);
      }
      .sender {
        padding: 0 0 3px 4px;
        font-size: 13px;
        line-height: 18px;
        font-weight: 600;
      }
      .meta {
        display: inline-flex;
        align-items: center;
        gap: 4px;
        margin: 2px 4px 0;
        font-size: 12px;
        line-height: 16px;
        color: var(--muted);
      }
      .meta.failed {
        color: var(--stop-text);
      }
      .acts {
        display: flex;
        opacity: 0;
        color: var(--muted);
      }
      .line:hover .acts,
      .line:focus-within .acts {
        opacity: 1;
      }
      @media (hover: none) {
        .acts {
          opacity: 1;
        }
      }
    `,
  ];

  declare message: Message;
  declare own: boolean;
  declare follows: boolean;
  /** Shown above it, in a group. */
  declare sender: string;
  declare failed: boolean;
  /** The one below it says when, and how far it has come. */
  declare brief: boolean;
  /** It is what was looked for. */
  declare marked: boolean;
  /** Where the content of one of its attachments is. */
  declare link: (attachment: Attachment) => Promise<string>;

  override render() {
    const { text, attachments = [] } = this.message;
    return html`${this.sender ? html`<span class="sender">${this.sender}</span>` : nothing}
      ${attachments.map(
        (one) => html`<phone-attachment .attachment=${one} .link=${() => this.link(one)}></phone-attachment>`,
      )}
      <div class="line">
        ${
          text === undefined
            ? html`<p class="text deleted">${words.chats.deleted}</p>`
            : text === ""
              ? nothing
              : html`<p class="text ${fewSigns.test(text) ? "large" : ""}" data-testid="text" dir="auto">${text}</p>`
        }
        ${this.own && text !== undefined ? this.#acts() : nothing}
      </div>
      ${this.#meta()}`;
  }

  #acts() {
    return html`<span class="acts">
      ${
        this.message.text === ""
          ? nothing
          : html`<button
              class="round"
              aria-label=${words.chats.edit}
              title=${words.chats.edit}
              @click=${() => this.#tell("edit")}
            >
              ${icon("pen", 18)}
            </button>`
      }
      <button
        class="round"
        aria-label=${words.chats.remove}
        title=${words.chats.remove}
        @click=${() => this.#tell("remove")}
      >
        ${icon("bin", 18)}
      </button>
    </span>`;
  }

  #meta() {
    const { at, editedAt, state, text } = this.message;
    const time = html`<time datetime=${at.toISOString()}>${clockTime(at)}</time>`;
    if (this.brief && !editedAt && !this.failed) return nothing;
    const edited = editedAt && text !== undefined ? html`<span>${words.chats.edited}</span>` : nothing;
    if (!this.own || text === undefined) return html`<span class="meta">${edited}${time}</span>`;
    if (this.failed) return html`<span class="meta failed">${icon("warning", 14)}${words.chats.refused}</span>`;
    return html`<span class="meta"
      >${edited}${icon(state === "sent" ? "check" : "checks", 14)}<span data-testid="state"
        >${words.chats.state[state]}</span
      >${time}</span
    >`;
  }

  #tell(name: "edit" | "remove"): void {
    this.dispatchEvent(new Event(name));
  }
}

customElements.define("phone-bubble", PhoneBubble);
