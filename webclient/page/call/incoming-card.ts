import { css, html, LitElement } from "lit";
import type { Call } from "../../index.ts";
import "../look/avatar.ts";
import { icon } from "../look/icons.ts";
import { base, buttons } from "../look/styles.ts";
import { typesText } from "../look/typing.ts";
import { Watch } from "../look/watch.ts";
import type { Phone } from "../model/phone.ts";
import { words } from "../words/words.ts";
import { naming } from "./call-name.ts";

/**
 * Somebody calls. Over everything, never in focus by itself; the whole screen on a telephone that does nothing else.
 * It is no live region: the announcer says once who calls.
 */
export class PhoneIncomingCard extends LitElement {
  static override properties = { phone: { attribute: false }, call: { attribute: false }, busy: { state: true } };
  static override styles = [
    base,
    buttons,
    css`
      .card {
        background: var(--surface);
        border: 1px solid var(--line);
        border-radius: var(--radius-large);
        box-shadow: var(--shadow);
        padding: 18px;
        animation: slide var(--enter);
      }
      @keyframes slide {
        from {
          opacity: 0;
          transform: translateY(-12px);
        }
      }
      .who {
        display: grid;
        grid-template-columns: 56px minmax(0, 1fr) auto;
        gap: 14px;
        align-items: center;
        --size: 56px;
      }
      h2 {
        font-size: 17px;
        line-height: 24px;
        font-weight: 650;
        overflow-wrap: anywhere;
      }
      p {
        font-size: 15px;
        line-height: 20px;
        text-wrap: balance;
        overflow-wrap: anywhere;
      }
      .acts {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 10px;
        margin-top: 16px;
      }
      .acts .button {
        min-height: 52px;
        padding: 8px;
      }
      @media (max-width: 699.9px) {
        .alone {
          position: fixed;
          inset: 0;
          border: 0;
          border-radius: 0;
          box-shadow: none;
          background: var(--bg);
          display: grid;
          grid-template-rows: 1fr auto;
          padding: 24px 24px calc(48px + env(safe-area-inset-bottom));
          overflow: auto;
        }
        .alone .who {
          grid-template-columns: 1fr;
          align-content: center;
          justify-items: center;
          text-align: center;
          gap: 20px;
          --size: clamp(96px, 24dvh, 140px);
        }
        .alone h2 {
          font-size: 30px;
          line-height: 36px;
          letter-spacing: -0.02em;
        }
        .alone p {
          font-size: 17px;
          line-height: 26px;
        }
        .alone .button {
          min-height: 64px;
          border-radius: var(--pill);
          font-size: 17px;
        }
      }
    `,
  ];

  declare phone: Phone;
  declare call: Call;
  declare busy: boolean;
  /** What somebody types must stay in sight. */
  readonly #typing = typesText(document);

  constructor() {
    super();
    this.busy = false;
    new Watch(this, () => [this.phone.stage, this.phone.people]);
  }

  override render() {
    const named = naming(this.phone, this.call.view().peer);
    const taken = this.phone.stage.busy();
    return html`<div
      class="card ${taken || this.#typing ? "" : "alone"}"
      role="dialog"
      aria-label="${words.call.incoming}: ${named.name}"
      data-testid="incoming"
    >
      <div class="who">
        <phone-avatar .name=${named.name}></phone-avatar>
        <div>
          <h2>${named.name}</h2>
          <p class="quiet">${[named.address, words.call.calling].filter(Boolean).join(" ")}</p>
        </div>
        <button class="round" aria-label=${words.call.silence} @click=${() => this.phone.ringer.silence()}>
          ${icon("bellOff")}
        </button>
      </div>
      <div class="acts">
        <button class="button stop" @click=${() => void this.call.reject()}>
          ${icon("hangUp")}${words.call.decline}
        </button>
        <button class="button go" ?disabled=${this.busy} @click=${() => void this.#answer()}>
          ${icon("call", 20)}${taken ? words.call.answerInstead : words.call.answer}
        </button>
      </div>
    </div>`;
  }

  async #answer(): Promise<void> {
    this.busy = true;
    await this.phone.stage.answer(this.call);
    this.busy = false;
  }
}

customElements.define("phone-incoming-card", PhoneIncomingCard);
