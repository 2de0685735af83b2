import { css } from "lit";

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
