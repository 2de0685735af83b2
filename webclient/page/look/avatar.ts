import { css, html, LitElement, nothing, unsafeCSS } from "lit";
import { icon } from "./icons.ts";
import { statusDot } from "./status-dot.ts";
import { base } from "./styles.ts";

const faces = 5;

/** Empty for a number. */
function initials(name: string): string {
  const words = name
    .replace(/@.*/, "")
    .split(/[\s._-]+/)
    .filter(Boolean);
  const letters = words.filter((word) => /^\p{L}/u.test(word));
  const [first = "", ...rest] = letters;
  const last = rest.at(-1);
  return ((first[0] ?? "") + (last ? (last[0] ?? "") : (first[1] ?? ""))).toUpperCase();
}

/** The same name has the same colour everywhere. */
const faceOf = (name: string): number =>
  ([...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) >>> 0, 7) % faces) + 1;

const faceColours = unsafeCSS(
  Array.from(
    { length: faces },
    (_, index) => `.face-${index + 1} { background: var(--face-${index + 1}); color: var(--face-${index + 1}-ink); }`,
  ).join("\n"),
);

/** Somebody's picture: initials until there are pictures. `status` puts a dot on it. */
export class PhoneAvatar extends LitElement {
  static override properties = { name: {}, status: {} };
  static override styles = [
    base,
    statusDot,
    css`
      :host {
        width: var(--size, 44px);
        height: var(--size, 44px);
        position: relative;
        flex: none;
      }
      .face {
        width: 100%;
        height: 100%;
        border-radius: 50%;
        display: grid;
        place-items: center;
        font-weight: 600;
        font-size: calc(var(--size, 44px) * 0.34);
        letter-spacing: 0.01em;
      }
      ${faceColours}
      .face:not([data-letters=""])::before {
        content: attr(data-letters);
      }
      .face .icon {
        width: 42%;
        height: 42%;
      }
      .dot {
        position: absolute;
        right: -1px;
        bottom: -1px;
      }
    `,
  ];

  declare name: string;
  declare status: string | undefined;

  /** Letters are a picture here, not text that has to be read. */
  override render() {
    const letters = initials(this.name);
    return html`<span class="face face-${faceOf(this.name)}" data-letters=${letters} aria-hidden="true">
        ${letters ? nothing : icon("person", 22)}
      </span>
      ${this.status && this.status !== "unknown" ? html`<span class="dot ${this.status}" aria-hidden="true"></span>` : nothing}`;
  }
}

customElements.define("phone-avatar", PhoneAvatar);
