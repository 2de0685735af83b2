import { css } from "lit";

/** What every component starts from. */
export const base = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host {
    display: block;
  }
  [hidden],
  :host([hidden]) {
    display: none !important;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd,
  fieldset {
    margin: 0;
    padding: 0;
    border: 0;
    min-width: 0;
  }
  ul,
  ol {
    list-style: none;
  }
  a {
    color: inherit;
    text-decoration: none;
  }
  button,
  input,
  select,
  textarea {
    font: inherit;
    font-feature-settings: inherit;
    letter-spacing: inherit;
    color: inherit;
    margin: 0;
  }
  button {
    background: none;
    border: 0;
    padding: 0;
    cursor: pointer;
    -webkit-tap-highlight-color: transparent;
    touch-action: manipulation;
  }
  button:disabled {
    cursor: default;
    opacity: 0.45;
  }
  .icon {
    flex: none;
  }
  :focus {
    outline: none;
  }
  :focus-visible {
    outline: 2px solid var(--focus);
    outline-offset: 2px;
  }
  .quiet {
    color: var(--muted);
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
    }
  }
`;

/** Buttons with words on them, and round ones with an icon. */
export const buttons = css`
  .button {
    min-height: 44px;
    padding: 10px 18px;
    border-radius: var(--radius);
    font-weight: 600;
    display: inline-flex;
    gap: 8px;
    align-items: center;
    justify-content: center;
    text-align: center;
    border: 1px solid var(--line);
    background: var(--surface);
    transition: background-color var(--leave);
    cursor: pointer;
  }
  .button.go {
    background: var(--go);
    color: var(--on);
    border-color: transparent;
  }
  .button.stop {
    background: var(--stop-soft);
    color: var(--stop-text);
    border-color: transparent;
  }
  .button.only {
    padding: 10px 12px;
  }
  .button.bare {
    border-color: transparent;
    background: none;
  }
  .round {
    width: 44px;
    height: 44px;
    flex: none;
    border-radius: 50%;
    display: inline-grid;
    place-items: center;
    cursor: pointer;
    transition: background-color var(--leave);
  }
  .round.go {
    color: var(--go-text);
  }
  @media (hover: hover) {
    .button:not(.go, .stop):hover:not(:disabled),
    .round:hover:not(:disabled) {
      background: var(--sunken);
    }
    .button.go:hover:not(:disabled) {
      filter: brightness(1.06);
    }
    .button.stop:hover:not(:disabled) {
      box-shadow: inset 0 0 0 1.5px var(--stop-text);
    }
    .round.go:hover:not(:disabled) {
      background: var(--go-soft);
    }
  }
  @media (forced-colors: active) {
    .button,
    .round {
      border: 1px solid ButtonText;
    }
  }
`;

/** A heading of a screen and of a part of it. */
export const headings = css`
  h1 {
    font-size: 22px;
    line-height: 30px;
    font-weight: 650;
    letter-spacing: -0.01em;
  }
  h2 {
    font-size: 15px;
    line-height: 22px;
    font-weight: 650;
  }
`;

/** The head of a list: title and what can be done with it. */
export const listHead = css`
  .head {
    display: flex;
    align-items: center;
    gap: 4px;
    min-height: 68px;
    padding: 12px 16px 8px 20px;
  }
  .head h1 {
    flex: 1;
  }
`;

/** Rows of a list: a picture, two lines, what can be done. Lines of the page separate, not boxes. */
export const rows = css`
  .row {
    margin: 0 4px;
    padding: 0 8px 0 16px;
    display: flex;
    gap: 4px;
    align-items: center;
    border-radius: var(--radius);
    transition: background-color var(--leave);
  }
  .row[data-selected] {
    background: var(--me-soft);
  }
  .row .open {
    flex: 1;
    min-width: 0;
    min-height: 62px;
    padding: 8px 0;
    display: grid;
    grid-template-columns: 44px 1fr auto;
    gap: 12px;
    align-items: center;
    text-align: left;
    border-radius: var(--radius-small);
    cursor: pointer;
  }
  .row .open > span {
    min-width: 0;
  }
  .row b,
  .row small {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .row b {
    font-weight: 600;
  }
  .row small {
    font-size: 13px;
    line-height: 18px;
    color: var(--muted);
  }
  .row small .icon {
    vertical-align: -2px;
    margin-right: 4px;
  }
  .row time {
    font-size: 13px;
    line-height: 18px;
    color: var(--muted);
    white-space: nowrap;
  }
  .row.missed b,
  .row.missed small {
    color: var(--stop-text);
  }
  .group {
    padding: 10px 20px 0;
    font-size: 13px;
    line-height: 18px;
    font-weight: 600;
    color: var(--muted);
  }
  .empty {
    padding: 20px;
    display: grid;
    gap: 6px;
    justify-items: start;
  }
  .empty b {
    font-size: 17px;
    line-height: 24px;
    font-weight: 650;
  }
  .empty .button {
    margin-top: 8px;
  }
  @media (hover: hover) {
    .row:not([data-selected]):hover {
      background: var(--sunken);
    }
  }
  @media (forced-colors: active) {
    .row[data-selected] {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
  }
`;

/** Where something is typed or chosen. */
export const fields = css`
  .field {
    display: grid;
    gap: 6px;
  }
  .field > span,
  .name {
    font-weight: 600;
  }
  .input {
    width: 100%;
    min-height: 48px;
    padding: 10px 14px;
    border-radius: var(--radius);
    border: 1px solid var(--edge);
    background: var(--surface);
  }
  .input::placeholder {
    color: var(--muted);
    opacity: 1;
  }
  .input:focus-visible {
    outline-offset: 1px;
  }
  .search {
    margin: 0 16px 8px;
    height: 44px;
    border-radius: var(--radius);
    background: var(--sunken);
    border: 1px solid var(--line);
    display: flex;
    align-items: center;
    gap: 10px;
    padding: 0 12px;
    color: var(--muted);
  }
  .search:focus-within {
    outline: 2px solid var(--focus);
    outline-offset: 1px;
  }
  .search input {
    flex: 1;
    min-width: 0;
    height: 100%;
    border: 0;
    background: none;
    color: var(--text);
    outline: none;
  }
  .search input::placeholder {
    color: var(--muted);
    opacity: 1;
  }
  .search input::-webkit-search-cancel-button {
    appearance: none;
  }
  kbd {
    font: inherit;
    font-size: 12px;
    line-height: 18px;
    min-width: 22px;
    text-align: center;
    padding: 0 6px;
    border: 1px solid var(--line);
    border-radius: 6px;
    background: var(--bg);
  }
  .choice {
    position: relative;
    display: block;
  }
  .choice select {
    appearance: none;
    width: 100%;
    min-height: 44px;
    padding: 8px 40px 8px 14px;
    border-radius: var(--radius);
    border: 1px solid var(--edge);
    background: var(--surface);
    text-overflow: ellipsis;
  }
  .choice select:disabled {
    color: var(--muted);
  }
  .choice .icon {
    position: absolute;
    right: 12px;
    top: 12px;
    pointer-events: none;
    color: var(--muted);
  }
  .switch {
    display: flex;
    gap: 16px;
    align-items: center;
    justify-content: space-between;
    cursor: pointer;
  }
  .switch > span {
    display: grid;
    font-weight: 600;
  }
  .switch small {
    font-size: 13px;
    line-height: 18px;
    font-weight: 400;
    color: var(--muted);
  }
  input[type="checkbox"] {
    appearance: none;
    flex: none;
    width: 48px;
    height: 28px;
    border-radius: var(--pill);
    background: var(--edge);
    position: relative;
    cursor: pointer;
    transition: background-color var(--leave);
  }
  input[type="checkbox"]::after {
    content: "";
    position: absolute;
    inset: 3px auto 3px 3px;
    width: 22px;
    border-radius: 50%;
    background: var(--bg);
    transition: transform var(--leave);
  }
  input[type="checkbox"]:checked {
    background: var(--go);
  }
  input[type="checkbox"]:checked::after {
    transform: translateX(20px);
  }
  input[type="range"] {
    width: 100%;
    height: 44px;
    accent-color: var(--me);
  }
  @media (forced-colors: active) {
    input[type="checkbox"] {
      border: 1px solid ButtonText;
    }
    input[type="checkbox"]::after {
      background: ButtonText;
    }
    input[type="checkbox"]:checked {
      background: Highlight;
      forced-color-adjust: none;
    }
  }
`;

/** A short fact in a pill. */
export const chips = css`
  .chip {
    display: inline-flex;
    gap: 6px;
    align-items: center;
    padding: 4px 12px;
    border-radius: var(--pill);
    font-size: 13px;
    line-height: 18px;
    background: var(--sunken);
    border: 1px solid var(--line);
    color: var(--muted);
  }
  .chip.warn {
    background: var(--warn-soft);
    color: var(--warn-text);
    border-color: transparent;
  }
  .chip.go {
    background: var(--go-soft);
    color: var(--go-text);
    border-color: transparent;
  }
`;

/** What fills the stage and is read from top to bottom. */
export const pane = css`
  :host {
    padding: 8px 20px 48px;
    max-width: 680px;
    margin: 0 auto;
  }
  /* The arrow stands where the text below it begins. */
  .back {
    margin: 4px 0 4px -14px;
    padding-left: 8px;
  }
  section {
    margin-top: 28px;
  }
  h2 + p {
    margin-bottom: 8px;
  }
  .line {
    border-top: 1px solid var(--line);
  }
  .line:last-child {
    border-bottom: 1px solid var(--line);
  }
  @media (min-width: 1100px) {
    :host {
      padding: 56px 48px;
    }
    .back {
      display: none;
    }
    h1 {
      font-size: 30px;
      line-height: 36px;
      letter-spacing: -0.02em;
    }
    section {
      margin-top: 36px;
    }
  }
`;
