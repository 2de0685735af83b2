import { css } from "lit";

export const boardStyles = css`
  :host {
    height: 100%;
    display: grid;
    grid-template: auto minmax(0, 1fr) / minmax(0, 1fr);
    background: var(--bg);
    overflow: hidden;
  }
  header {
    display: flex;
    align-items: center;
    gap: 2px;
    min-height: 60px;
    padding: 6px 8px;
    border-bottom: 1px solid var(--line);
    background: var(--surface);
  }
  .who {
    flex: 1;
    min-width: 0;
    padding: 0 6px;
  }
  .who h1 {
    font-size: 17px;
    line-height: 22px;
    font-weight: 650;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .who p {
    font-size: 13px;
    line-height: 18px;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .seats {
    display: flex;
    padding-right: 6px;
    --size: 30px;
  }
  .seat {
    border-radius: 50%;
    border: 2px solid var(--surface);
    margin-left: -8px;
    outline: 2px solid;
    outline-offset: -2px;
  }
  .seat:first-child {
    margin-left: 0;
  }
  .paper {
    position: relative;
    min-height: 0;
    overflow: hidden;
  }
  .surface {
    position: absolute;
    inset: 0;
    cursor: crosshair;
    user-select: none;
    -webkit-user-select: none;
  }
  .surface[data-tool="pan"] {
    cursor: grab;
  }
  .surface[data-tool="text"] {
    cursor: text;
  }
  .surface:focus-visible {
    outline-offset: -3px;
  }
  phone-board-tools {
    position: absolute;
    inset: auto 8px calc(12px + env(safe-area-inset-bottom));
  }
  .zoom {
    position: absolute;
    top: 12px;
    right: 12px;
    display: flex;
    align-items: center;
    background: var(--surface);
    border: 1px solid var(--line);
    border-radius: var(--pill);
    box-shadow: var(--shadow);
  }
  .zoom .share {
    min-width: 56px;
    height: 44px;
    font-size: 13px;
    font-variant-numeric: tabular-nums;
    border-radius: var(--pill);
  }
  .waiting {
    position: absolute;
    top: 14px;
    left: 14px;
    padding: 6px 12px;
    border-radius: var(--pill);
    font-size: 13px;
    line-height: 18px;
    background: var(--warn-soft);
    color: var(--warn-text);
  }
  .panel {
    position: absolute;
    z-index: 1;
    top: 8px;
    right: 8px;
    width: min(320px, calc(100% - 16px));
    max-height: calc(100% - 16px);
    overflow: auto;
    padding: 14px 16px;
    display: grid;
    gap: 6px;
    background: var(--surface);
    border: 1px solid var(--line);
    border-radius: var(--radius-large);
    box-shadow: var(--shadow);
  }
  .papers {
    display: grid;
    grid-template-columns: repeat(4, 1fr);
    gap: 8px;
    margin-bottom: 6px;
  }
  .papers button {
    display: grid;
    gap: 4px;
    justify-items: center;
    padding: 6px 2px;
    font-size: 12px;
    line-height: 16px;
    border-radius: var(--radius);
  }
  .papers .icon {
    padding: 4px;
    box-sizing: content-box;
    border: 1px solid var(--line);
    border-radius: var(--radius-small);
  }
  .papers button[aria-pressed="true"] .icon {
    border-color: var(--me);
    box-shadow: 0 0 0 1px var(--me);
    color: var(--me);
  }
  .panel .line {
    min-height: 44px;
    padding: 0 8px;
    display: flex;
    align-items: center;
    gap: 12px;
    border-radius: var(--radius-small);
    text-align: left;
  }
  .panel .line.stop {
    color: var(--stop-text);
  }
  textarea {
    position: absolute;
    z-index: 1;
    min-width: 120px;
    padding: 0;
    border: 0;
    border-radius: 2px;
    background: none;
    resize: none;
    overflow: hidden;
    line-height: 1.3;
    white-space: pre;
    outline: 1.5px dashed var(--focus);
    outline-offset: 4px;
  }
  .loading {
    height: 100%;
    grid-row: 1 / -1;
    display: grid;
    place-content: center;
    justify-items: center;
    gap: 12px;
    color: var(--muted);
  }
  @media (max-width: 699.9px) {
    .seats {
      display: none;
    }
  }
  @media (hover: hover) {
    .panel .line:hover,
    .papers button:hover,
    .zoom .share:hover {
      background: var(--sunken);
    }
  }
`;
