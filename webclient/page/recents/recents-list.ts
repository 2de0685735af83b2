import { css, html, LitElement, nothing } from "lit";
import type { CallRecord, Target } from "../../index.ts";
import { addressOf } from "../../target.ts";
import { naming } from "../call/call-name.ts";
import "../look/avatar.ts";
import { icon } from "../look/icons.ts";
import { searchField } from "../look/search-field.ts";
import { base, buttons, fields, headings, listHead, rows } from "../look/styles.ts";
import { Watch } from "../look/watch.ts";
import type { Person } from "../model/people.ts";
import type { Phone } from "../model/phone.ts";
import { printPlace } from "../model/places.ts";
import { fitsText } from "../numbers/key-letters.ts";
import { talked, whenShort } from "../words/times.ts";
import { words } from "../words/words.ts";
import { directionIcons } from "./direction-icons.ts";
import { groupRecords, unseenMissed, type Filter, type Group } from "./groups.ts";
import "../keypad/keypad-view.ts";
import "./home.ts";

const filters: readonly Filter[] = ["all", "missed"];

/** The last calls, and a field that finds people or calls what is typed. */
export class PhoneRecentsList extends LitElement {
  static override properties = { phone: { attribute: false }, text: { state: true }, filter: { state: true } };
  static override styles = [
    base,
    buttons,
    headings,
    listHead,
    fields,
    rows,
    css`
      .filters {
        display: flex;
        padding: 3px;
        border-radius: var(--pill);
        border: 1px solid var(--line);
        background: var(--sunken);
      }
      .filters button {
        min-height: 38px;
        padding: 0 14px;
        border-radius: var(--pill);
        font-size: 13px;
        line-height: 18px;
        color: var(--muted);
      }
      .filters button[aria-pressed="true"] {
        background: var(--surface);
        color: var(--text);
        font-weight: 600;
        box-shadow: 0 0 0 1px var(--line);
      }
      .more {
        display: grid;
        justify-items: center;
        padding: 12px;
      }
      .inline phone-keypad-view {
        --dial: 92px;
        height: 468px;
        min-height: 0;
        padding: 0 16px 8px;
      }
      @media (max-width: 699.9px) {
        kbd {
          display: none;
        }
      }
      @media (min-width: 1100px) {
        .inline {
          display: none;
        }
      }
      @media (forced-colors: active) {
        .filters button[aria-pressed="true"] {
          outline: 2px solid Highlight;
        }
      }
    `,
  ];

  declare phone: Phone;
  declare text: string;
  declare filter: Filter;
  /** Until the gateway has no older calls. */
  #more = true;

  constructor() {
    super();
    this.text = "";
    this.filter = "all";
    new Watch(this, () => [
      this.phone.people,
      this.phone.places,
      this.phone.numbers,
      this.phone.preferences,
      this.phone.session?.calls,
    ]);
  }

  get #records(): readonly CallRecord[] {
    return this.phone.session?.calls.view().recents ?? [];
  }

  override render() {
    const { shortcuts } = this.phone.preferences.view();
    return html`<header class="head">
        <h1>${words.recents.title}</h1>
        <div class="filters" role="group" aria-label=${words.recents.show}>
          ${filters.map(
            (filter) =>
              html`<button aria-pressed=${String(filter === this.filter)} @click=${() => (this.filter = filter)}>
                ${words.recents[filter]}
              </button>`,
          )}
        </div>
      </header>
      ${searchField({
        label: words.recents.search,
        text: this.text,
        changed: (text) => (this.text = text),
        submit: (event) => this.#submit(event),
        key: (event) => this.#onKey(event),
        after: this.text === "" && shortcuts ? html`<kbd aria-hidden="true">/</kbd>` : nothing,
      })}
      ${this.text.trim() === "" ? this.#recent() : this.#found(this.text.trim())}`;
  }

  /** Whoever looks at the list has seen what was missed. */
  protected override updated(): void {
    const { preferences, places } = this.phone;
    if (document.visibilityState !== "visible" || places.view().tab !== "recents") return;
    if (unseenMissed(this.#records, preferences.view().missedSeen) === 0) return;
    preferences.choose({ missedSeen: Math.max(...this.#records.map(({ at }) => at.getTime())) });
  }

  /** For the keyboard. */
  focusSearch(): void {
    this.renderRoot.querySelector("input")?.focus();
  }

  #recent() {
    const groups = groupRecords(this.#records, this.filter, (target) => this.phone.people.keyOf(target));
    if (groups.length === 0) return this.#empty();
    return html`<ul data-testid="recents">
        ${groups.map((group) => this.#row(group))}
      </ul>
      ${this.#more && this.#records.length >= 50 ? this.#older() : nothing}`;
  }

  #row({ key, records }: Group) {
    const [latest] = records;
    const { name } = naming(this.phone, latest.peer);
    const person = this.phone.people.of(latest.peer.target);
    const missed = latest.direction === "missed";
    const selected = this.phone.places.view().item === key;
    return html`<li class="row ${missed ? "missed" : ""}" data-selected=${selected || nothing}>
      <a class="open" href=${printPlace({ tab: "recents", item: key })} aria-current=${selected ? "true" : nothing}>
        <phone-avatar .name=${name} .status=${person?.status}></phone-avatar>
        <span>
          <b>${name}</b>
          <small>${icon(directionIcons[latest.direction], 14)}${this.#line(records)}</small>
        </span>
        <time datetime=${latest.at.toISOString()}>${whenShort(latest.at, new Date())}</time>
      </a>
      ${this.#callButton(latest.peer.target, name)}
    </li>`;
  }

  #line(records: Group["records"]): string {
    const [{ direction, end, durationMs }] = records;
    const what = durationMs > 0 ? talked(durationMs) : words.endsShort[end.reason];
    const said = direction === "missed" ? words.recents.direction.missed : what || words.recents.direction[direction];
    return records.length > 1 ? `${said}, ${words.recents.calls(records.length)}` : said;
  }

  #older() {
    return html`<p class="more">
      <button class="button" @click=${() => void this.#fetchOlder()}>${words.recents.more}</button>
    </p>`;
  }

  async #fetchOlder(): Promise<void> {
    const before = this.#records.at(-1)?.reference;
    const older = await this.phone.session?.calls
      .history(before === undefined ? {} : { before })
      .catch(() => undefined);
    this.#more = older !== undefined && older.length > 0;
    this.requestUpdate();
  }

  #empty() {
    if (this.filter === "missed") return html`<p class="empty quiet">${words.recents.noMissed}</p>`;
    const echo = this.phone.about("600") !== "";
    return html`<div class="empty">
        <b>${words.recents.empty}</b>
        <p class="quiet">${echo ? words.recents.emptyNext : words.recents.emptyPlain}</p>
      </div>
      ${this.phone.places.view().tab === "recents" ? this.#firstCall() : nothing}`;
  }

  /** Where there is no stage beside the list, the keypad is here. */
  #firstCall() {
    return html`<div class="inline">
      <phone-keypad-view .phone=${this.phone}></phone-keypad-view>
      <phone-home .phone=${this.phone}></phone-home>
    </div>`;
  }

  #found(text: string) {
    const people = this.phone.people.view().people.filter(({ name, lines }) =>
      fitsText(
        text,
        [name],
        lines.map(({ target }) => addressOf(target)),
      ),
    );
    const known = this.#strangers(text);
    return html`${people.length + known.length > 0 ? nothing : html`<p class="empty quiet">${words.recents.noResult(text)}</p>`}
      <ul data-testid="found">
        ${people.map((person) => this.#person(person))} ${known.map((group) => this.#row(group))} ${this.#asTyped(text)}
      </ul>`;
  }

  /** Whoever called and is in no book. */
  #strangers(text: string): readonly Group[] {
    const groups = groupRecords(this.#records, "all", (target) => this.phone.people.keyOf(target));
    const fits = ({ peer }: CallRecord): boolean =>
      !this.phone.people.of(peer.target) && fitsText(text, [peer.name ?? ""], [addressOf(peer.target)]);
    const seen = new Set<string>();
    return groups.filter(({ key, records: [latest] }) => fits(latest) && !seen.has(key) && seen.add(key));
  }

  #person(person: Person) {
    const [{ target }] = person.lines;
    return html`<li class="row">
      <a class="open" href=${printPlace({ tab: "contacts", item: person.id })}>
        <phone-avatar .name=${person.name} .status=${person.status}></phone-avatar>
        <span><b>${person.name}</b><small>${this.phone.numbers.group(addressOf(target))}</small></span>
      </a>
      ${this.#callButton(target, person.name)}
    </li>`;
  }

  #asTyped(text: string) {
    const target = this.phone.decision(text);
    if (!target) return nothing;
    const shown = this.phone.numbers.group(addressOf(target));
    return html`<li class="row">
      <button class="open" @click=${() => this.#dial()}>
        <phone-avatar .name=${shown}></phone-avatar>
        <span><b>${words.recents.asTyped(shown)}</b></span
        >${icon("call", 20)}
      </button>
    </li>`;
  }

  #callButton(target: Target, name: string) {
    return html`<button
      class="round go"
      aria-label=${words.call.callName(name)}
      @click=${() => void this.phone.stage.call(target)}
    >
      ${icon("call", 20)}
    </button>`;
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key !== "Escape" || this.text === "") return;
    event.stopPropagation();
    this.text = "";
  }

  #submit(event: Event): void {
    event.preventDefault();
    this.#dial();
  }

  #dial(): void {
    if (this.phone.dial(this.text)) this.text = "";
  }
}

customElements.define("phone-recents-list", PhoneRecentsList);

declare global {
  interface HTMLElementTagNameMap {
    "phone-recents-list": PhoneRecentsList;
  }
}
