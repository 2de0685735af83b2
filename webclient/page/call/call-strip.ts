import { css, html, LitElement, nothing } from "lit";
import type { Call } from "../../index.ts";
import { icon } from "../look/icons.ts";
import { base } from "../look/styles.ts";
import { Watch } from "../look/watch.ts";
import type { Phone } from "../model/phone.ts";
import { words } from "../words/words.ts";
import { canPopOut, popOut } from "./small-window.ts";

/** Above a call: away from it, how it is protected, a window of its own, its reference. */
export class PhoneCallStrip extends LitElement {
  static override properties = { phone: { attribute: false }, call: { attribute: false }, copied: { state: true } };
  static override styles = [
    base,
    css`
      :host {
        min-height: 56px;
        padding: 6px 12px;
        display: flex;
        align-items: center;
        gap: 4px;
        color: var(--muted);
        font-size: 13px;
        line-height: 18px;
      }
      .fill {
        flex: 1;
      }
      .safe {
        display: none;
      }
      .small {
        min-width: 44px;
        min-height: 44px;
        border-radius: var(--radius);
        display: inline-flex;
        gap: 8px;
        align-items: center;
        justify-content: center;
        padding: 0 10px;
      }
      @media (hover: hover) {
        .small:hover {
          background: var(--sunken);
        }
      }
      @media (min-width: 700px) {
        :host {
          padding: 6px 24px;
          border-bottom: 1px solid var(--line);
        }
        .safe {
          display: inline-flex;
          gap: 6px;
          align-items: center;
        }
      }
    `,
  ];

  declare phone: Phone;
  declare call: Call | undefined;
  declare copied: boolean;

  constructor() {
    super();
    this.copied = false;
    new Watch(this, () => [this.phone.session, this.call]);
  }

  override render() {
    const { call } = this;
    const role = this.phone.session?.view().role;
    return html`<button class="small" aria-label=${words.call.hide} @click=${() => this.phone.stage.show(false)}>
        ${icon("down", 24)}
      </button>
      <span class="safe">${icon("lock", 16)}${words.call.encrypted}</span>
      <span class="fill"></span>
      ${call && canPopOut() && !call.view().end ? this.#popOut(call) : nothing}
      ${call && role ? this.#story(call) : nothing} ${call?.reference ? this.#reference(call.reference) : nothing}`;
  }

  #popOut(call: Call) {
    return html`<button class="small" aria-label=${words.call.popOut} @click=${() => void popOut(this.phone, call)}>
      ${icon("window", 20)}
    </button>`;
  }

  #story({ reference }: Call) {
    return html`<a class="small" aria-label=${words.recents.story} href="/admin/calls/${reference}">
      ${icon("story", 20)}
    </a>`;
  }

  #reference(reference: string) {
    return html`<button class="small" title=${words.call.copyReference} @click=${() => void this.#copy(reference)}>
      <span data-testid="reference">${this.copied ? words.call.copied : words.call.reference(reference)}</span
      >${icon(this.copied ? "check" : "copy", 18)}
    </button>`;
  }

  async #copy(reference: string): Promise<void> {
    await navigator.clipboard?.writeText(reference).catch(() => {});
    this.copied = true;
  }
}

customElements.define("phone-call-strip", PhoneCallStrip);
