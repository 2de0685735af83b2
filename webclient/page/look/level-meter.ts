import { css, html, LitElement } from "lit";
import { base } from "./styles.ts";

/** A bar that follows a loudness of 0 to 1 at display rate. For the eye only: nothing of it is announced. */
export class PhoneLevelMeter extends LitElement {
  static override properties = { read: { attribute: false } };
  static override styles = [
    base,
    css`
      :host {
        height: 10px;
        border-radius: 5px;
        background: var(--line);
        overflow: hidden;
      }
      i {
        display: block;
        height: 100%;
        border-radius: 5px;
        background: var(--me);
        transform: scaleX(0);
        transform-origin: left;
      }
      @media (forced-colors: active) {
        :host {
          border: 1px solid ButtonText;
        }
        i {
          background: Highlight;
          forced-color-adjust: none;
        }
      }
    `,
  ];

  declare read: () => number;
  #frame = 0;
  #shown = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.ariaHidden = "true";
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    cancelAnimationFrame(this.#frame);
  }

  override render() {
    return html`<i></i>`;
  }

  #draw(): void {
    this.#frame = requestAnimationFrame(() => this.#draw());
    const level = this.read?.() ?? 0;
    this.#shown += (level - this.#shown) * (level > this.#shown ? 0.45 : 0.12);
    const bar = this.renderRoot.querySelector("i");
    if (bar) bar.style.transform = `scaleX(${this.#shown.toFixed(3)})`;
  }
}

customElements.define("phone-level-meter", PhoneLevelMeter);
