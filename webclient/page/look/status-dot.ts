import { css, html, LitElement } from "lit";

/** A status as a dot: its colour, and for those who do not tell colours apart its shape. */
export const statusDot = css`
  .dot {
    width: 14px;
    height: 14px;
    border-radius: 50%;
    border: 2.5px solid var(--bg);
    background: var(--go);
  }
  .dot.away {
    background: var(--bg);
    box-shadow: inset 0 0 0 3px var(--warn-text);
  }
  .dot:is(.busy, .in-a-call) {
    background: var(--stop);
  }
  .dot.do-not-disturb {
    background: linear-gradient(var(--bg), var(--bg)) center / 5px 2px no-repeat var(--stop);
  }
  .dot:is(.offline, .invisible) {
    background: var(--bg);
    box-shadow: inset 0 0 0 2px var(--edge);
  }
  @media (forced-colors: active) {
    .dot {
      forced-color-adjust: none;
    }
  }
`;

/** The dot by itself, beside a name that says the same. */
export class PhoneStatusDot extends LitElement {
  static override properties = { status: {} };
  static override styles = [
    statusDot,
    css`
      .dot {
        display: block;
        border: 0;
      }
    `,
  ];

  declare status: string;

  override render() {
    return html`<span class="dot ${this.status}" aria-hidden="true"></span>`;
  }
}

customElements.define("phone-status-dot", PhoneStatusDot);
