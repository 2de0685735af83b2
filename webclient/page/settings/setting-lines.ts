import { css } from "lit";

/** Settings one below the other: a name, and what it is set with. */
export const settingLines = css`
  :host {
    margin-top: 12px;
  }
  .line {
    display: grid;
    gap: 6px 16px;
    padding: 14px 0;
    border-top: 1px solid var(--line);
  }
  .line:last-child {
    border-bottom: 1px solid var(--line);
  }
  .acts {
    display: flex;
    flex-wrap: wrap;
    gap: 10px;
  }
  @media (min-width: 1100px) {
    .line.pair {
      grid-template-columns: 180px minmax(0, 1fr);
      align-items: center;
    }
  }
`;
