import { css, html, LitElement } from "lit";
import { icon } from "../look/icons.ts";
import { base, buttons } from "../look/styles.ts";
import { words } from "../words/words.ts";

/** What fits into one message, in bytes of UTF-8. */
const maxBytes = 16_384;

/** Where a message is written: Enter sends, Shift and Enter begin a new line. Tells `typing`, and `send` with the text. */
export class PhoneComposer extends LitElement {
  static override properties = { name: {}, text: { state: true }, editing: {} };
  static override styles = [
    base,
    buttons,
    css`
      form {
        display: flex;
        align-items: flex-end;
        gap: 4px;
        padding: 3px 3px 3px 16px;
        border: 1px solid var(--edge);
        border-radius: var(--radius-large);
        background: var(--surface);
      }
      form:focus-within {
        outline: 2px solid var(--focus);
        outline-offset: 1px;
      }
      textarea {
        flex: 1;
        min-width: 0;
        max-height: 30dvh;
        padding: 11px 0;
        border: 0;
        resize: none;
        background: none;
        line-height: 22px;
        field-sizing: content;
      }
      /* The form around it shows the focus. */
      textarea:focus-visible {
        outline: none;
      }
      textarea::placeholder {
        color: var(--muted);
        opacity: 1;
      }
      .send {
        color: var(--me);
      }
      .long {
        padding: 4px 16px 0;
        font-size: 13px;
        line-height: 18px;
        color: var(--stop-text);
      }
    `,
  ];

  /** To whom. */
  declare name: string;
  declare text: string;
  /** The text of a message that is being changed. */
  declare editing: string | undefined;

  constructor() {
    super();
    this.name = "";
    this.text = "";
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("editing") && (this.editing !== undefined || changed.get("editing") !== undefined))
      this.text = this.editing ?? "";
  }

  override updated(changed: Map<string, unknown>): void {
    const area = this.renderRoot.querySelector("textarea");
    if (!area) return;
    if (changed.has("editing") && this.editing !== undefined) area.focus();
    // Firefox knows no field-sizing.
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
  }

  override render() {
    const tooLong = new TextEncoder().encode(this.text).length > maxBytes;
    const label = words.chats.message(this.name);
    return html`<form @submit=${(event: Event) => this.#submit(event, tooLong)}>
        <textarea
          rows="1"
          enterkeyhint="send"
          aria-label=${label}
          placeholder=${label}
          .value=${this.text}
          @input=${(event: InputEvent) => this.#input((event.target as HTMLTextAreaElement).value)}
          @keydown=${(event: KeyboardEvent) => this.#key(event, tooLong)}
        ></textarea>
        <button
          class="round send"
          aria-label=${words.chats.send}
          title=${words.chats.send}
          ?disabled=${this.text.trim() === "" || tooLong}
        >
          ${icon(this.editing === undefined ? "send" : "check")}
        </button>
      </form>
      <p class="long" role="status" ?hidden=${!tooLong}>${words.chats.tooLong}</p>`;
  }

  #input(text: string): void {
    this.text = text;
    if (text !== "") this.dispatchEvent(new Event("typing"));
  }

  #key(event: KeyboardEvent, tooLong: boolean): void {
    if (event.key === "Escape" && this.editing !== undefined) this.dispatchEvent(new Event("cancel"));
    // While an input method composes, Enter chooses a word.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    this.#submit(event, tooLong);
  }

  #submit(event: Event, tooLong: boolean): void {
    event.preventDefault();
    const text = this.text.trim();
    if (text === "" || tooLong) return;
    this.text = "";
    this.dispatchEvent(new CustomEvent("send", { detail: text }));
  }
}

customElements.define("phone-composer", PhoneComposer);
