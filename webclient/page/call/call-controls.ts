import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import type { Call } from "../../index.ts";
import { icon, type IconName } from "../look/icons.ts";
import { base } from "../look/styles.ts";
import { Watch } from "../look/watch.ts";
import type { Phone } from "../model/phone.ts";
import { words } from "../words/words.ts";

/** What can be done in a call, in reach of the thumb. Fires `keypad`. */
export class PhoneCallControls extends LitElement {
  static override properties = {
    phone: { attribute: false },
    call: { attribute: false },
    keypad: { type: Boolean },
  };
  static override styles = [
    base,
    css`
      :host {
        padding: 8px 16px calc(28px + env(safe-area-inset-bottom));
      }
      .tools {
        display: grid;
        grid-template-columns: repeat(3, minmax(0, 88px));
        justify-content: center;
        gap: 20px 12px;
      }
      button {
        display: grid;
        justify-items: center;
        align-content: start;
        gap: 7px;
        font-size: 13px;
        line-height: 18px;
        color: var(--muted);
        border-radius: var(--radius);
      }
      button span:last-child {
        max-width: 100%;
        overflow-wrap: anywhere;
      }
      .disc {
        width: 64px;
        height: 64px;
        border-radius: 50%;
        display: grid;
        place-items: center;
        background: var(--surface);
        border: 1px solid var(--line);
        color: var(--text);
        transition: background-color var(--leave);
      }
      @media (hover: hover) {
        button:not([aria-pressed="true"]):hover:not(:disabled) .disc {
          background: var(--sunken);
        }
      }
      button[aria-pressed="true"] .disc {
        background: var(--text);
        color: var(--bg);
      }
      .end {
        grid-column: 1 / -1;
        justify-self: center;
      }
      .end .disc,
      .end:not([aria-pressed="true"]):hover:not(:disabled) .disc {
        background: var(--stop);
        color: var(--on);
        border-color: transparent;
      }
      @media (hover: hover) {
        .end:hover .disc {
          filter: brightness(1.06);
        }
      }
      @media (max-width: 699.9px) {
        .end .disc {
          width: 72px;
          height: 72px;
        }
      }
      .compact {
        grid-template-columns: repeat(4, minmax(0, 84px));
      }
      .compact .end {
        grid-column: auto;
      }
      .compact .end .disc {
        width: 64px;
        height: 64px;
      }
      @media (min-width: 700px) {
        :host {
          padding-bottom: 40px;
        }
        .tools {
          grid-template-columns: repeat(4, 84px);
        }
        .end {
          grid-column: auto;
        }
      }
      /* A low screen, or one at 200 %: one row, so that the end stays in sight. */
      @media (max-height: 560px) {
        :host {
          padding-bottom: calc(10px + env(safe-area-inset-bottom));
        }
        .tools {
          grid-template-columns: repeat(4, minmax(0, 84px));
        }
        .end {
          grid-column: auto;
        }
        .disc,
        .end .disc {
          width: 60px;
          height: 60px;
        }
      }
      @media (forced-colors: active) {
        .disc {
          border: 1px solid ButtonText;
        }
        button[aria-pressed="true"] .disc {
          background: Highlight;
          color: HighlightText;
          forced-color-adjust: none;
        }
      }
    `,
  ];

  declare phone: Phone;
  declare call: Call | undefined;
  declare keypad: boolean;

  constructor() {
    super();
    new Watch(this, () => [this.phone.stage, this.call]);
  }

  override render() {
    const view = this.call?.view();
    const muted = view?.muted.audio ?? false;
    const talking = view?.since !== undefined || view?.earlyMedia === true;
    const { call } = words;
    return html`<div class="tools ${this.keypad ? "compact" : ""}" role="toolbar" aria-label=${call.tools}>
      ${this.#tool(muted ? "microphoneOff" : "microphone", call.mute, muted, () => this.call?.mute("audio"), !view, muted ? call.muted : call.mute)}
      ${this.#tool("pad", call.keypad, this.keypad, () => this.dispatchEvent(new CustomEvent("keypad")), !talking)}
      ${this.#tool("sound", call.sound, undefined, () => this.phone.places.go("settings", "sound"), !view)}
      <button class="end" @click=${() => this.phone.stage.end()}>
        <span class="disc">${icon("hangUp", 28)}</span><span>${call.end}</span>
      </button>
    </div>`;
  }

  #tool(
    shape: IconName,
    name: string,
    pressed: boolean | undefined,
    act: () => void,
    disabled: boolean,
    text = name,
  ): TemplateResult {
    return html`<button
      aria-label=${name}
      aria-pressed=${pressed === undefined ? nothing : String(pressed)}
      ?disabled=${disabled}
      @click=${act}
    >
      <span class="disc">${icon(shape, 24)}</span><span>${text}</span>
    </button>`;
  }
}

customElements.define("phone-call-controls", PhoneCallControls);
