import { css } from "lit";

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
