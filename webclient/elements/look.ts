import { css, html, svg, type TemplateResult } from "lit";

/**
 * What every element starts from. Nothing of it leaves the shadow root, and no rule stands in the page: Lit adopts
 * these sheets, which a Content-Security-Policy without `unsafe-inline` allows. Light or dark as the page says by its
 * `color-scheme`; each `--off-*` property of the page wins.
 */
export const base = css`
  :host {
    --go: var(--off-go, light-dark(#007742, #38d080));
    --on-go: var(--off-on-go, light-dark(#ffffff, #0b0d12));
    --go-soft: var(--off-go-soft, light-dark(#daf7e3, #13311f));
    --go-text: var(--off-go-text, light-dark(#005e31, #68e099));
    --stop: var(--off-stop, light-dark(#c72122, #f75d59));
    --on-stop: var(--off-on-stop, light-dark(#ffffff, #0b0d12));
    --stop-text: var(--off-stop-text, light-dark(#a91518, #fe9b93));
    --surface: var(--off-surface, light-dark(#ffffff, #16191d));
    --sunken: var(--off-sunken, light-dark(#f4f3ef, #0d0f13));
    --line: var(--off-line, light-dark(#dddcd8, #2f3339));
    --text: var(--off-text, light-dark(#1d1c17, #eff0f3));
    --muted: var(--off-muted, light-dark(#5e5c55, #a8adb4));
    --focus: var(--off-focus, light-dark(#2867e4, #87b1fd));
    --radius: var(--off-radius, 14px);
    --shadow: var(--off-shadow, 0 1px 2px rgb(0 0 0 / 0.08), 0 10px 28px rgb(0 0 0 / 0.12));
    display: block;
    box-sizing: border-box;
    font: var(--off-font, 400 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif);
    letter-spacing: normal;
    text-align: start;
    text-transform: none;
    color: var(--text);
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  p,
  ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  button,
  input,
  select {
    font: inherit;
    color: inherit;
    margin: 0;
  }
  button {
    border: 0;
    background: none;
    padding: 0;
    cursor: pointer;
    touch-action: manipulation;
    -webkit-tap-highlight-color: transparent;
  }
  button:disabled {
    cursor: default;
    opacity: 0.5;
  }
  :focus-visible {
    outline: 2px solid var(--focus);
    outline-offset: 2px;
  }
  svg {
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.75;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  input,
  select {
    width: 100%;
    min-height: 44px;
    padding: 8px 12px;
    border: 1px solid var(--line);
    border-radius: calc(var(--radius) * 0.75);
    background: var(--surface);
  }
  .card {
    display: grid;
    gap: 12px;
    padding: 16px;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
    box-shadow: var(--shadow);
  }
  .row {
    display: flex;
    align-items: center;
    gap: 10px;
  }
  .grow {
    flex: 1;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .quiet {
    color: var(--muted);
    font-size: 0.92em;
  }
  .bad {
    color: var(--stop-text);
  }
  .pill {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-height: 44px;
    padding: 8px 20px;
    border-radius: 999px;
    font-weight: 600;
    background: var(--sunken);
  }
  .round {
    display: inline-grid;
    place-items: center;
    flex: none;
    width: 44px;
    height: 44px;
    border-radius: 50%;
    background: var(--sunken);
  }
  .go {
    background: var(--go);
    color: var(--on-go);
  }
  .stop {
    background: var(--stop);
    color: var(--on-stop);
  }
  [aria-pressed="true"] {
    background: var(--text);
    color: var(--surface);
  }
  @media (hover: hover) {
    .pill:hover:not(:disabled),
    .round:hover:not(:disabled) {
      filter: brightness(1.08);
    }
  }
  @media (forced-colors: active) {
    .pill,
    .round {
      border: 1px solid ButtonText;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    * {
      animation: none !important;
      transition: none !important;
    }
  }
`;

/** Drawn on a grid of 24. */
const shapes = {
  call: svg`<path d="M7 4c-1.800 0-3.200 1.400-3.200 3.200 0 7.200 5.800 13 13 13 1.800 0 3.200-1.400 3.200-3.200l-.2-2-4-1.500-1.900 2a12 12 0 0 1-5.400-5.400l2-1.900-1.500-4z"/>`,
  hangUp: svg`<path d="M3 14c5-5 13-5 18 0l-1.600 3.300-4.400-1.400-.2-2.700a11 11 0 0 0-5.600 0l-.2 2.700-4.400 1.400z"/>`,
  microphone: svg`<rect x="9" y="3" width="6" height="11" rx="3"/><path d="M5.500 11.500a6.500 6.500 0 0 0 13 0M12 18v3"/>`,
  microphoneOff: svg`<path d="M9 9.500v1.700a3 3 0 0 0 4.600 2.500M15 10.500V6.200a3 3 0 0 0-5.900-.7M5.500 11.500a6.500 6.500 0 0 0 10.300 5.300M12 18v3M4 4l16 16"/>`,
  keypad: svg`<g fill="currentColor" stroke="none">${[6, 12, 18].map((y) => [6, 12, 18].map((x) => svg`<circle cx=${x} cy=${y} r="1.700"/>`))}</g>`,
  erase: svg`<path d="M9 6h9.500a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H9l-6-6zM12 10l4 4M16 10l-4 4"/>`,
} as const;

export const icon = (name: keyof typeof shapes): TemplateResult =>
  html`<svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">${shapes[name]}</svg>`;
