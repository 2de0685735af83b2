import { css, html, LitElement, nothing } from "lit";
import { icon, type IconName } from "../look/icons.ts";
import { base, buttons, headings, listHead, rows } from "../look/styles.ts";
import { Watch } from "../look/watch.ts";
import type { Phone } from "../model/phone.ts";
import { printPlace } from "../model/places.ts";
import { words } from "../words/words.ts";
import { sections, type Section } from "./sections.ts";

const icons: Readonly<Record<Section, IconName>> = {
  status: "person",
  sound: "microphone",
  ringing: "bell",
  appearance: "sun",
  keyboard: "keyboard",
  line: "wire",
};

/** The parts of the settings, and the way out. */
export class PhoneSettingsList extends LitElement {
  static override properties = { phone: { attribute: false } };
  static override styles = [
    base,
    buttons,
    headings,
    listHead,
    rows,
    css`
      .picture {
        width: 44px;
        height: 44px;
        border-radius: var(--radius);
        background: var(--sunken);
        border: 1px solid var(--line);
        display: grid;
        place-items: center;
      }
      .out {
        padding: 20px 16px;
        display: grid;
        gap: 10px;
        justify-items: start;
      }
    `,
  ];

  declare phone: Phone;

  constructor() {
    super();
    new Watch(this, () => [this.phone.places, this.phone.session]);
  }

  override render() {
    const { item } = this.phone.places.view();
    return html`<header class="head"><h1>${words.settings.title}</h1></header>
      <ul>
        ${sections.map(
          (section) =>
            html`<li class="row" data-selected=${item === section || nothing}>
              <a
                class="open"
                href=${printPlace({ tab: "settings", item: section })}
                aria-current=${item === section ? "true" : nothing}
              >
                <span class="picture">${icon(icons[section])}</span>
                <span><b>${words.settings[section]}</b><small>${words.settings[`${section}Text`]}</small></span>
                ${icon("next", 20)}
              </a>
            </li>`,
        )}
      </ul>
      <div class="out">
        <p class="quiet">${this.phone.session?.view().user ?? ""}</p>
        <button class="button" @click=${() => void this.phone.signOut()}>
          ${icon("leave", 20)}${words.signIn.out}
        </button>
      </div>`;
  }
}

customElements.define("phone-settings-list", PhoneSettingsList);
