import { css } from "lit";

/** The middle of the stage: a picture, a name in large, what is to say about it. */
export const hero = css`
  .hero {
    display: grid;
    align-content: center;
    justify-items: center;
    text-align: center;
    padding: 8px 20px;
    min-height: 0;
  }
  .name {
    font-size: 30px;
    line-height: 36px;
    font-weight: 650;
    letter-spacing: -0.02em;
    overflow-wrap: anywhere;
  }
  .address {
    font-size: 17px;
    line-height: 26px;
    color: var(--muted);
    overflow-wrap: anywhere;
  }
`;
