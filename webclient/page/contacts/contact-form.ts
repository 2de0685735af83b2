import { css, html, LitElement, nothing } from "lit";
import { isRecord, parseJson } from "../../../gateway/base/json.ts";
import type { SavedContact, Target } from "../../index.ts";
import { addressOf } from "../../target.ts";
import { icon } from "../look/icons.ts";
import { base, buttons, fields, headings } from "../look/styles.ts";
import type { Phone } from "../model/phone.ts";
import { words } from "../words/words.ts";

interface Row {
  readonly address: string;
  readonly label: string;
}

const emptyRow: Row = { address: "", label: "" };

const isTarget = (value: unknown): value is Target =>
  isRecord(value) && ["user", "tel", "sip"].some((kind) => typeof value[kind] === "string");

function targetOf(json: string): Target | undefined {
  try {
    return parseJson(json, isTarget);
  } catch {
    return undefined;
  }
}

/** A contact of the own address book, new or changed. Fires `done` with its id, or without when it was given up. */
export class PhoneContactForm extends LitElement {
  static override properties = {
    phone: { attribute: false },
    saved: { attribute: false },
    known: {},
    rows: { state: true },
    trouble: { state: true },
  };
  static override styles = [
    base,
    buttons,
    fields,
    headings,
    css`
      form {
        display: grid;
        gap: 20px;
        padding-top: 8px;
      }
      fieldset {
        display: grid;
        gap: 10px;
      }
      legend {
        padding: 0;
        margin-bottom: 6px;
        font-weight: 600;
      }
      .line {
        display: flex;
        gap: 8px;
        align-items: center;
      }
      .line .input {
        min-width: 0;
        flex: 2;
      }
      .line .input + .input {
        flex: 1;
        min-width: 96px;
      }
      .acts {
        display: flex;
        gap: 10px;
        flex-wrap: wrap;
      }
      .trouble {
        color: var(--stop-text);
      }
      .add {
        justify-self: start;
      }
    `,
  ];

  declare phone: Phone;
  declare saved: SavedContact | undefined;
  /** A target as JSON that the new contact begins with. */
  declare known: string;
  declare rows: readonly Row[] | undefined;
  declare trouble: string;

  constructor() {
    super();
    this.known = "";
    this.trouble = "";
  }

  override render() {
    const rows = this.rows ?? this.#firstRows();
    const title = this.saved ? words.contacts.edit : words.contacts.add;
    return html`<form @submit=${(event: SubmitEvent) => void this.#submit(event)}>
      <h1>${title}</h1>
      <label class="field"
        ><span>${words.contacts.name}</span
        ><input class="input" name="name" required maxlength="128" autocomplete="off" .value=${this.#firstName()}
      /></label>
      <fieldset>
        <legend>${words.contacts.addresses}</legend>
        ${rows.map((row, index) => this.#row(row, index, rows.length > 1))}
        ${
          rows.length < 10
            ? html`<button
                type="button"
                class="button bare add"
                @click=${() => (this.rows = [...this.#typed(), emptyRow])}
              >
                ${icon("plus", 20)}${words.contacts.addNumber}
              </button>`
            : nothing
        }
      </fieldset>
      <label class="field"
        ><span>${words.contacts.note}</span
        ><textarea class="input" name="note" rows="2" maxlength="500" .value=${this.saved?.note ?? ""}></textarea>
      </label>
      <p class="trouble" role="alert">${this.trouble}</p>
      <div class="acts">
        <button class="button go">${words.nav.save}</button>
        <button type="button" class="button" @click=${() => this.#finish(undefined)}>${words.nav.cancel}</button>
      </div>
    </form>`;
  }

  protected override firstUpdated(): void {
    this.renderRoot.querySelector("input")?.focus();
  }

  #row({ address, label }: Row, index: number, removable: boolean) {
    return html`<div class="line">
      <input
        class="input"
        name="address"
        autocomplete="off"
        autocapitalize="none"
        spellcheck="false"
        aria-label="${words.contacts.number} ${index + 1}"
        placeholder=${words.contacts.number}
        .value=${address}
      />
      <input
        class="input"
        name="label"
        autocomplete="off"
        maxlength="64"
        aria-label="${words.contacts.label} ${index + 1}"
        placeholder=${words.contacts.label}
        .value=${label}
      />
      ${
        removable
          ? html`<button
              type="button"
              class="round"
              aria-label=${words.contacts.removeNumber(address || String(index + 1))}
              @click=${() => (this.rows = this.#typed().filter((_, other) => other !== index))}
            >
              ${icon("close", 20)}
            </button>`
          : nothing
      }
    </div>`;
  }

  #firstName(): string {
    const target = targetOf(this.known);
    const person = target && this.phone.people.of(target);
    return this.saved?.name ?? person?.name ?? "";
  }

  #firstRows(): readonly Row[] {
    const kept = this.saved?.targets.map(({ target, label }) => ({ address: addressOf(target), label: label ?? "" }));
    const target = targetOf(this.known);
    return kept ?? [target ? { address: addressOf(target), label: "" } : emptyRow];
  }

  #values(name: string): string[] {
    const inputs = this.renderRoot.querySelectorAll<HTMLInputElement>(`[name=${name}]`);
    return [...inputs].map(({ value }) => value.trim());
  }

  #typed(): readonly Row[] {
    const labels = this.#values("label");
    return this.#values("address").map((address, index) => ({ address, label: labels[index] ?? "" }));
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const rows = this.#typed().filter(({ address }) => address !== "");
    const targets = rows.map(({ address, label }) => ({ target: this.phone.decision(address), label }));
    const [name = ""] = this.#values("name");
    const [note = ""] = this.#values("note");
    if (name === "" || targets.length === 0) return this.#object(words.contacts.needsName);
    const known = targets.flatMap(({ target, label }) => (target ? [{ target, ...(label && { label }) }] : []));
    if (known.length < targets.length) return this.#object(words.contacts.badNumber);
    await this.#put({ name, targets: known, ...(note && { note }) });
  }

  async #put(contact: Omit<SavedContact, "contactId">): Promise<void> {
    const { contacts } = this.phone.session ?? {};
    const id = this.saved && { contactId: this.saved.contactId };
    try {
      this.#finish(await contacts?.put({ ...contact, ...id }));
    } catch (thrown) {
      this.phone.notices.tell(thrown);
    }
  }

  #object(trouble: string): void {
    this.trouble = trouble;
  }

  #finish(contactId: string | undefined): void {
    this.dispatchEvent(new CustomEvent("done", { detail: contactId }));
  }
}

customElements.define("phone-contact-form", PhoneContactForm);
