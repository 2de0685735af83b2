import { css, html, LitElement, svg } from "lit";
import { browserName, type BrowserName } from "../words/browser-name.ts";
import { words } from "../words/words.ts";
import { base } from "./styles.ts";

/** The sign in the address bar that opens the switch. */
const signs: Readonly<Record<BrowserName, unknown>> = {
  chrome: svg`<path d="M31 19.500h8M46 19.500h1M31 26.500h1M39 26.500h8"/><circle cx="42.500" cy="19.500" r="2.500"/><circle cx="35.500" cy="26.500" r="2.500"/>`,
  firefox: svg`<rect x="36" y="15" width="6" height="10" rx="3"/><path d="M33 22a6 6 0 0 0 12 0M39 28v3M32 15l14 16"/>`,
  safari: svg`<path d="M32 19h14M32 23h14M32 27h9"/>`,
  other: svg`<rect x="34" y="22" width="10" height="8" rx="2"/><path d="M36 22v-2.500a3 3 0 0 1 6 0V22"/>`,
};

/** An address bar of this browser with the place of the switch marked. */
export class PhoneSwitchPicture extends LitElement {
  static override styles = [
    base,
    css`
      svg {
        display: block;
        width: min(320px, 100%);
        height: auto;
        fill: none;
        stroke: currentColor;
        stroke-width: 1.75;
        stroke-linecap: round;
        stroke-linejoin: round;
      }
      .bar {
        fill: var(--surface);
        stroke: var(--line);
      }
      .mark {
        stroke: var(--stop);
        stroke-width: 2.5;
      }
      .sign {
        color: var(--text);
      }
      text {
        fill: var(--muted);
        stroke: none;
        font: 400 14px system-ui;
      }
    `,
  ];

  override render() {
    const name = browserName(navigator.userAgent);
    return html`<svg viewBox="14 0 306 46" role="img" aria-label=${words.microphoneSwitchPicture}>
      <rect class="bar" x="16" y="4" width="300" height="38" rx="19" />
      <g class="sign">${signs[name]}</g>
      <text x="62" y="28">${location.host}</text>
      <circle class="mark" cx="39" cy="23" r="15.500" />
    </svg>`;
  }
}

customElements.define("phone-switch-picture", PhoneSwitchPicture);
