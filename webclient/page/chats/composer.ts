import { css, html, LitElement, nothing } from "lit";
import { limits } from "../../../gateway/protocol/version.ts";
import { icon } from "../look/icons.ts";
import { base, buttons } from "../look/styles.ts";
import type { Draft } from "../model/chats.ts";
import { fileSize } from "../words/times.ts";
import { words } from "../words/words.ts";

/** What fits into one message, in bytes of UTF-8. */
const maxBytes = 16_384;
const maxFiles = limits.attachments;

/**
 * Where a message is written: Enter sends, Shift and Enter begin a new line; files are chosen, pasted, or given to
 * `attach`. Tells `typing`, and `send` with a `Draft`.
 */
export class PhoneComposer extends LitElement {
  static override properties = { name: {}, text: { state: true }, files: { state: true }, editing: {} };
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
      .clip {
        margin-left: -13px;
        color: var(--muted);
      }
      .files {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
        padding: 0 0 6px;
      }
      .files li {
        display: flex;
        align-items: center;
        gap: 8px;
        max-width: 100%;
        padding-left: 10px;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
        font-size: 14px;
      }
      .files span {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .files small {
        flex: none;
        color: var(--muted);
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
  declare files: readonly File[];
  /** The text of a message that is being changed. */
  declare editing: string | undefined;

  constructor() {
    super();
    this.name = "";
    this.text = "";
    this.files = [];
  }

  /** Files that are to be sent too. */
  attach(files: Iterable<File>): void {
    this.files = [...this.files, ...files];
    this.renderRoot.querySelector("textarea")?.focus();
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
    const tooMany = this.files.length > maxFiles;
    const label = words.chats.message(this.name);
    const wrong = tooLong ? words.chats.tooLong : tooMany ? words.chats.tooMany(maxFiles) : "";
    return html`${this.files.length > 0 ? this.#fileList() : nothing}
      <form @submit=${(event: Event) => this.#submit(event, wrong !== "")}>
        ${this.editing === undefined ? this.#clip() : nothing}
        <textarea
          rows="1"
          enterkeyhint="send"
          aria-label=${label}
          placeholder=${label}
          .value=${this.text}
          @input=${(event: InputEvent) => this.#input((event.target as HTMLTextAreaElement).value)}
          @keydown=${(event: KeyboardEvent) => this.#key(event, wrong !== "")}
          @paste=${(event: ClipboardEvent) => this.#paste(event)}
        ></textarea>
        <button
          class="round send"
          aria-label=${words.chats.send}
          title=${words.chats.send}
          ?disabled=${this.#empty || wrong !== ""}
        >
          ${icon(this.editing === undefined ? "send" : "check")}
        </button>
      </form>
      <p class="long" role="status" ?hidden=${wrong === ""}>${wrong}</p>`;
  }

  get #empty(): boolean {
    return this.text.trim() === "" && this.files.length === 0;
  }

  #clip() {
    return html`<button
        type="button"
        class="round clip"
        aria-label=${words.chats.attach}
        title=${words.chats.attach}
        @click=${() => this.renderRoot.querySelector<HTMLInputElement>("input[type=file]")?.click()}
      >
        ${icon("clip")}
      </button>
      <input
        type="file"
        multiple
        hidden
        @change=${(event: Event) => this.#chosen(event.target as HTMLInputElement)}
      />`;
  }

  #fileList() {
    return html`<ul class="files">
      ${this.files.map(
        (file) =>
          html`<li>
            ${icon("file", 18)}<span dir="auto">${file.name}</span><small>${fileSize(file.size)}</small>
            <button
              type="button"
              class="round"
              aria-label=${words.chats.detach(file.name)}
              title=${words.chats.detach(file.name)}
              @click=${() => (this.files = this.files.filter((one) => one !== file))}
            >
              ${icon("close", 18)}
            </button>
          </li>`,
      )}
    </ul>`;
  }

  /** The same file may be chosen again. */
  #chosen(input: HTMLInputElement): void {
    this.attach(input.files ?? []);
    input.value = "";
  }

  #paste(event: ClipboardEvent): void {
    const files = event.clipboardData?.files;
    if (!files?.length || this.editing !== undefined) return;
    event.preventDefault();
    this.attach(files);
  }

  #input(text: string): void {
    this.text = text;
    if (text !== "") this.dispatchEvent(new Event("typing"));
  }

  #key(event: KeyboardEvent, wrong: boolean): void {
    if (event.key === "Escape" && this.editing !== undefined) this.dispatchEvent(new Event("cancel"));
    // While an input method composes, Enter chooses a word.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    this.#submit(event, wrong);
  }

  #submit(event: Event, wrong: boolean): void {
    event.preventDefault();
    if (this.#empty || wrong) return;
    const draft: Draft = { text: this.text.trim(), files: this.files };
    this.text = "";
    this.files = [];
    this.dispatchEvent(new CustomEvent("send", { detail: draft }));
  }
}

customElements.define("phone-composer", PhoneComposer);
