import { css } from "lit";

/** A conversation fills the stage: its head and the field stay, what was said moves between them. */
export const threadStyles = css`
  :host {
    position: relative;
    height: 100%;
    display: flex;
    flex-direction: column;
  }
  header {
    display: flex;
    align-items: center;
    gap: 4px;
    min-height: 64px;
    padding: 8px 12px 8px 8px;
    border-bottom: 1px solid var(--line);
  }
  header phone-avatar {
    --size: 40px;
    margin: 0 8px 0 0;
  }
  .who {
    flex: 1;
    min-width: 0;
  }
  h1 {
    font-size: 17px;
    line-height: 22px;
    font-weight: 650;
  }
  h1,
  .who p {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .who p {
    font-size: 13px;
    line-height: 18px;
    min-height: 18px;
  }
  .round[aria-pressed="true"],
  .round[aria-expanded="true"] {
    background: var(--me-soft);
  }
  .search {
    margin: 12px 16px 0;
    flex: none;
  }
  .log {
    flex: 1;
    min-height: 0;
    overflow: auto;
    overscroll-behavior: contain;
    padding: 12px 16px 16px;
  }
  .log:focus-visible {
    outline-offset: -2px;
  }
  .more {
    display: grid;
    justify-items: center;
    padding: 4px;
  }
  .more.ahead {
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    gap: 8px;
    padding-top: 16px;
  }
  .first {
    padding: 24px 20px;
    text-align: center;
  }
  .day,
  .call {
    display: flex;
    justify-content: center;
    align-items: center;
    gap: 8px;
    padding: 16px 0 4px;
    font-size: 13px;
    line-height: 18px;
    color: var(--muted);
  }
  .call.missed {
    color: var(--stop-text);
  }
  .unsent {
    display: grid;
    justify-items: end;
    padding-top: 10px;
  }
  .unsent .text {
    max-width: min(82%, 560px);
    padding: 9px 14px;
    border: 1px dashed var(--edge);
    border-radius: 18px 18px 6px 18px;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .unsent .file {
    display: flex;
    align-items: center;
    gap: 8px;
    margin-bottom: 3px;
  }
  .unsent .meta > span {
    white-space: nowrap;
  }
  progress {
    flex: 1 1 40px;
    max-width: 120px;
    height: 6px;
    accent-color: var(--me);
  }
  .drop {
    position: absolute;
    inset: 64px 0 0;
    display: grid;
    place-content: center;
    justify-items: center;
    gap: 8px;
    background: var(--me-soft);
    outline: 2px dashed var(--me);
    outline-offset: -14px;
    border-radius: var(--radius-large);
    font-weight: 600;
    pointer-events: none;
  }
  .unsent .meta {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: flex-end;
    gap: 0 4px;
    padding: 2px 4px 0;
    font-size: 12px;
    line-height: 16px;
    color: var(--muted);
  }
  .unsent .meta.failed {
    color: var(--stop-text);
  }
  .unsent .meta.failed .button {
    color: var(--text);
  }
  footer {
    padding: 8px 12px 12px;
  }
  .editing {
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 0 4px 4px 12px;
    font-size: 13px;
    color: var(--muted);
  }
  .editing span {
    flex: 1;
  }
  .invitation {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 10px;
    border-top: 1px solid var(--line);
  }
  .invitation p {
    flex: 1 1 100%;
  }
  .nobody {
    height: 100%;
    min-height: 240px;
    display: grid;
    place-content: center;
    justify-items: center;
    gap: 12px;
    color: var(--muted);
  }
  .nobody .button {
    margin-top: 8px;
    color: var(--text);
  }
  @media (min-width: 1100px) {
    header {
      padding: 10px 24px 10px 32px;
    }
    .back {
      display: none;
    }
    .log {
      padding: 16px 32px 20px;
    }
    .search {
      margin: 12px 32px 0;
    }
    footer {
      padding: 8px 24px 20px;
    }
  }
`;
