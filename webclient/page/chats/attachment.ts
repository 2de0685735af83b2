import { css, html, LitElement } from "lit";
import type { Attachment } from "../../index.ts";
import { icon } from "../look/icons.ts";
import { base } from "../look/styles.ts";
import { fileSize } from "../words/times.ts";
import { words } from "../words/words.ts";

/** Pictures that every browser shows. */
const shown = /^image\/(png|jpeg|gif|webp)$/;

/** A file of a message: pictures are seen, and pressed any of them is downloaded. */
export class PhoneAttachment extends LitElement {
  static override properties = { attachment: { attribute: false }, link: { attribute: false }, url: { state: true } };
  static override styles = [
    base,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      button {
        display: flex;
        align-items: center;
        gap: 12px;
        max-width: 100%;
        min-height: 44px;
        overflow: hidden;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
        text-align: start;
        cursor: pointer;
      }
      .file {
        padding: 8px 16px 8px 12px;
      }
      img {
        display: block;
        max-width: 100%;
        max-height: 260px;
        object-fit: contain;
        background: var(--sunken);
      }
      span {
        min-width: 0;
      }
      b,
      small {
        display: block;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      b {
        font-weight: 550;
      }
      small {
        font-size: 13px;
        line-height: 18px;
        color: var(--muted);
      }
    `,
  ];

  declare attachment: Attachment;
  /** Where its content is, for a while. */
  declare link: () => Promise<string>;
  /** Of a picture. */
  declare url: string | undefined;

  protected override firstUpdated(): void {
    if (shown.test(this.attachment.type)) void this.link().then((url) => (this.url = url), gone);
  }

  override render() {
    const { name, size } = this.attachment;
    const label = words.chats.download(name);
    const weight = fileSize(size);
    return this.url === undefined
      ? html`<button
          class="file"
          data-testid="file"
          aria-label="${label} ${weight}"
          title=${label}
          @click=${() => this.#fetch()}
        >
          ${icon("file", 28)}<span><b dir="auto">${name}</b> <small>${weight}</small></span>
        </button>`
      : html`<button data-testid="picture" aria-label=${label} title=${label} @click=${() => this.#fetch()}>
          <img src=${this.url} alt=${name} @error=${() => (this.url = undefined)} />
        </button>`;
  }

  /** The gateway sends it as a download, so the page stays. */
  #fetch(): void {
    void this.link().then((url) => location.assign(url), gone);
  }
}

/** It went with its message, which is told in a moment. */
const gone = (): void => {};

customElements.define("phone-attachment", PhoneAttachment);
