import { css, html, nothing } from "lit";
import type { Call } from "../index.ts";
import { asProblem, define, OffhookElement } from "./element.ts";
import { base } from "./look.ts";

const keys: readonly (readonly [key: string, letters: string])[] = [
  ["1", ""],
  ["2", "ABC"],
  ["3", "DEF"],
  ["4", "GHI"],
  ["5", "JKL"],
  ["6", "MNO"],
  ["7", "PQRS"],
  ["8", "TUV"],
  ["9", "WXYZ"],
  ["*", ""],
  ["0", "+"],
  ["#", ""],
];

/**
 * Twelve keys: `<offhook-dialpad>`. With the property `call` it sends what is pressed as tones; in any case it fires
 * `digits` with the key. Keys of a keyboard count while the focus is inside.
 */
export class OffhookDialpad extends OffhookElement {
  static override properties = { call: { attribute: false } };
  static override styles = [
    base,
    css`
      .keys {
        display: grid;
        grid-template-columns: repeat(3, minmax(56px, 76px));
        gap: 8px;
        justify-content: center;
      }
      .keys button {
        display: grid;
        place-content: center;
        justify-items: center;
        min-height: 56px;
        border-radius: var(--radius);
        background: var(--sunken);
        user-select: none;
      }
      .keys button:active {
        background: var(--go-soft);
      }
      b {
        font-size: 1.5em;
        line-height: 1.1;
        font-weight: 500;
      }
      small {
        font-size: 11px;
        line-height: 1.2;
        min-height: 1.2em;
        letter-spacing: 0.1em;
        color: var(--muted);
      }
    `,
  ];

  declare call: Call | undefined;

  protected stores(): [] {
    return [];
  }

  override render() {
    const { keys: spoken, keypad } = this.words;
    return html`<div class="keys" part="keys" role="group" aria-label=${keypad} @keydown=${this.#typed}>
      ${keys.map(
        ([key, letters]) =>
          html`<button type="button" part="key" aria-label=${spoken[key] ?? nothing} @click=${() => this.#press(key)}>
            <b>${key}</b><small aria-hidden="true">${letters}</small>
          </button>`,
      )}
    </div>`;
  }

  #typed(event: KeyboardEvent): void {
    if (!/^[0-9*#]$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.#press(event.key);
  }

  #press(key: string): void {
    this.tell("digits", key);
    this.call?.sendDigits(key).catch((thrown: unknown) => this.tell("problem", asProblem(thrown)));
  }
}

define("offhook-dialpad", OffhookDialpad);
