import { css } from "lit";

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
