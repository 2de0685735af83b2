import { css, html, LitElement } from "lit";
import { icon, type IconName } from "./icons.ts";
import { base } from "./styles.ts";

/** A stage on which nothing is open. */
export class PhoneNobody extends LitElement {
  static override properties = { picture: {}, text: {} };
  static override styles = [
    base,
    css`
      div {
        height: 60dvh;
        display: grid;
        place-content: center;
        justify-items: center;
        gap: 12px;
        color: var(--muted);
      }
    `,
  ];

  declare picture: IconName;
  declare text: string;

  override render() {
    return html`<div>
      ${icon(this.picture, 40)}
      <p>${this.text}</p>
    </div>`;
  }
}

customElements.define("phone-nobody", PhoneNobody);
