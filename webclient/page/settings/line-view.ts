import { css, html, LitElement, nothing } from "lit";
import type { LineInfo } from "../../index.ts";
import { icon } from "../look/icons.ts";
import { base, buttons } from "../look/styles.ts";
import { Watch } from "../look/watch.ts";
import type { Phone } from "../model/phone.ts";
import { clockTime } from "../words/times.ts";
import { words } from "../words/words.ts";
import { settingLines } from "./setting-lines.ts";

/** Registered where, as whom, and why not. */
export class PhoneLineView extends LitElement {
  static override properties = { phone: { attribute: false }, line: { state: true }, asking: { state: true } };
  static override styles = [
    base,
    buttons,
    settingLines,
    css`
      .verdict {
        display: flex;
        gap: 12px;
        align-items: center;
        padding: 14px 16px;
        margin-bottom: 16px;
        border-radius: var(--radius);
        background: var(--go-soft);
        color: var(--go-text);
        font-weight: 600;
      }
      .verdict.bad {
        background: var(--warn-soft);
        color: var(--warn-text);
      }
      dl > div {
        display: grid;
        gap: 2px 16px;
        padding: 12px 0;
        border-top: 1px solid var(--line);
      }
      dt {
        color: var(--muted);
      }
      dd {
        overflow-wrap: anywhere;
      }
      @media (min-width: 700px) {
        dl > div {
          grid-template-columns: 180px minmax(0, 1fr);
        }
      }
      .acts {
        margin-top: 16px;
      }
    `,
  ];

  declare phone: Phone;
  declare line: LineInfo | undefined;
  declare asking: boolean;

  constructor() {
    super();
    this.asking = false;
    new Watch(this, () => [this.phone.session, this.phone.door]);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#ask();
  }

  override render() {
    const { welcome, session } = this.phone.door.view();
    const self = session?.view();
    if (!self) return nothing;
    return html`${this.#verdict()}
      <dl>
        ${this.#fact(words.line.you, this.line?.address ?? self.user)}
        ${this.#fact(words.line.connection, `${words.line.states[self.state]}, ${words.line.transports[self.transport]}`)}
        ${this.line ? this.#telephone(this.line) : nothing}
        ${welcome ? this.#fact(words.line.version, `${welcome.product} ${welcome.version}`) : nothing}
      </dl>
      <div class="acts">
        <button class="button" ?disabled=${this.asking} @click=${() => void this.#ask()}>${words.line.refresh}</button>
      </div>`;
  }

  #verdict() {
    const { line } = this;
    if (!line) return html`<p class="quiet" role="status">${this.asking ? "" : words.line.unknown}</p>`;
    const missing = line.missing.map((part) => words.line.missing[part]).join(" ");
    const good = line.trunks.length > 0 ? words.line.good : words.line.pagesOnly;
    return html`<p class="verdict ${missing ? "bad" : ""}" role="status" data-testid="line">
      ${icon(missing ? "warning" : "check")}<span>${missing || good}</span>
    </p>`;
  }

  #telephone({ phones, trunks }: LineInfo) {
    const registered = phones.map(
      ({ contact, transport, expiresAt }) =>
        html`${contact} (${transport.toUpperCase()}, ${words.line.until(clockTime(new Date(expiresAt)))})<br />`,
    );
    return html`${this.#fact(words.line.phones, phones.length > 0 ? registered : words.line.noPhones)}
    ${this.#fact(words.line.trunks, trunks.length > 0 ? trunks.join(", ") : words.line.noTrunks)}`;
  }

  #fact(name: string, value: unknown) {
    return html`<div>
      <dt>${name}</dt>
      <dd>${value}</dd>
    </div>`;
  }

  async #ask(): Promise<void> {
    this.asking = true;
    this.line = await this.phone.session?.line().catch(() => undefined);
    this.asking = false;
  }
}

customElements.define("phone-line-view", PhoneLineView);
