import { css, html, LitElement, nothing } from "lit";
import { words } from "../words/words.ts";
import { base } from "./styles.ts";

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

/** Twelve keys. Fires `key` with the sign; 0 held is "+". */
export class PhonePad extends LitElement {
  static override properties = { plus: { type: Boolean } };
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        grid-template-columns: repeat(3, var(--key, 76px));
        gap: var(--key-gap, 12px) calc(var(--key-gap, 12px) * 1.6);
        justify-content: center;
      }
      button {
        height: var(--key, 76px);
        border-radius: 50%;
        background: var(--surface);
        border: 1px solid var(--line);
        display: grid;
        align-content: center;
        justify-items: center;
        user-select: none;
        transition: background-color var(--leave);
      }
      @media (hover: hover) {
        button:hover {
          background: var(--sunken);
        }
      }
      button:active {
        background: var(--me-soft);
      }
      b {
        font-size: calc(var(--key, 76px) * 0.39);
        line-height: 1.06;
        font-weight: 450;
      }
      small {
        font-size: 12px;
        line-height: 14px;
        min-height: 14px;
        letter-spacing: 0.1em;
        margin-right: -0.1em;
        color: var(--muted);
      }
      small::before {
        content: attr(data-letters);
        /* For the eye: the key is called by its digit. */
        content: attr(data-letters) / "";
      }
      button[data-key="*"] b {
        transform: translateY(5px);
      }
    `,
  ];

  declare plus: boolean;
  #held = 0;

  override render() {
    return keys.map(
      ([key, letters]) =>
        html`<button
          type="button"
          data-key=${key}
          aria-label=${words.keypad.keys[key] ?? nothing}
          @pointerdown=${() => (this.#held = performance.now())}
          @click=${() => this.#press(key)}
        >
          <b>${key}</b><small data-letters=${letters === "+" && !this.plus ? "" : letters}></small>
        </button>`,
    );
  }

  #press(key: string): void {
    const long = key === "0" && this.plus && this.#held > 0 && performance.now() - this.#held > 500;
    this.#held = 0;
    this.dispatchEvent(new CustomEvent("key", { detail: long ? "+" : key }));
  }
}

customElements.define("phone-pad", PhonePad);
