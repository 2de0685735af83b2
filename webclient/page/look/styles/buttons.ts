import { css } from "lit";

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
