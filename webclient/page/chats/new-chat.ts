import { css, html, LitElement, nothing } from "lit";
import "../look/avatar.ts";
import { icon } from "../look/icons.ts";
import { base, buttons, fields, headings, pane } from "../look/styles.ts";
import { Watch } from "../look/watch.ts";
import type { Phone } from "../model/phone.ts";
import { words } from "../words/words.ts";
import { chatItem, writable } from "./chat-name.ts";

/** Chooses to whom: one person makes a chat, several make a group with a name. */
export class PhoneNewChat extends LitElement {
  static override properties = { phone: { attribute: false }, chosen: { state: true }, name: { state: true } };
  static override styles = [
    base,
    buttons,
    fields,
    headings,
    pane,
    css`
      label.person {
        display: flex;
        align-items: center;
        gap: 12px;
        min-height: 60px;
        cursor: pointer;
      }
      label.person span {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      fieldset > p {
        padding: 4px 0 12px;
      }
      .field {
        margin-top: 20px;
      }
      .acts {
        margin-top: 20px;
      }
    `,
  ];

  declare phone: Phone;
  /** Users. */
  declare chosen: readonly string[];
  declare name: string;

  constructor() {
    super();
    this.chosen = [];
    this.name = "";
    new Watch(this, () => [this.phone.people]);
  }

  override render() {
    const people = this.phone.people.view().people.flatMap((person) => {
      const target = writable(person);
      return target ? [{ person, user: target.user }] : [];
    });
    const several = this.chosen.length > 1;
    return html`<a class="button bare back" href="#/chats">${icon("back")}${words.chats.title}</a>
      <h1>${words.chats.start}</h1>
      <form @submit=${(event: Event) => void this.#submit(event)}>
        <fieldset>
          <legend class="visually-hidden">${words.chats.who}</legend>
          <p class="quiet">${people.length > 0 ? words.chats.whoNext : words.chats.nobody}</p>
          ${people.map(
            ({ person, user }) =>
              html`<label class="person line">
                <phone-avatar .name=${person.name} .status=${person.status}></phone-avatar>
                <span>${person.name}</span>
                <input
                  type="checkbox"
                  .checked=${this.chosen.includes(user)}
                  @change=${(event: Event) => this.#choose(user, (event.target as HTMLInputElement).checked)}
                />
              </label>`,
          )}
        </fieldset>
        ${several ? this.#nameField() : nothing}
        <p class="acts">
          <button class="button go" ?disabled=${this.chosen.length === 0 || (several && this.name.trim() === "")}>
            ${several ? words.chats.make : words.chats.open}
          </button>
        </p>
      </form>`;
  }

  #nameField() {
    return html`<label class="field"
      ><span>${words.chats.groupName}</span>
      <input
        class="input"
        maxlength="128"
        autocomplete="off"
        .value=${this.name}
        @input=${(event: InputEvent) => (this.name = (event.target as HTMLInputElement).value)}
    /></label>`;
  }

  #choose(user: string, on: boolean): void {
    this.chosen = [...this.chosen.filter((one) => one !== user), ...(on ? [user] : [])];
  }

  async #submit(event: Event): Promise<void> {
    event.preventDefault();
    const [first, ...others] = this.chosen;
    if (first === undefined) return;
    if (others.length === 0) return this.phone.places.replace("chats", chatItem({ user: first }));
    try {
      const made = await this.phone.session?.messages.createGroup(this.name.trim(), this.chosen);
      if (made) this.phone.places.replace("chats", chatItem(made));
    } catch (thrown) {
      this.phone.notices.tell(thrown);
    }
  }
}

customElements.define("phone-new-chat", PhoneNewChat);
