import { css, html, LitElement, nothing } from "lit";
import type { Group } from "../../index.ts";
import "../look/avatar.ts";
import { icon } from "../look/icons.ts";
import { base, buttons, chips, headings } from "../look/styles.ts";
import type { Phone } from "../model/phone.ts";
import { words } from "../words/words.ts";

type GroupMember = Group["members"][number];

/** Who is in a group, and the way out of it. */
export class PhoneGroupMembers extends LitElement {
  static override properties = { phone: { attribute: false }, group: { attribute: false } };
  static override styles = [
    base,
    buttons,
    chips,
    headings,
    css`
      :host {
        max-height: 45dvh;
        overflow: auto;
        padding: 12px 20px;
        border-bottom: 1px solid var(--line);
        background: var(--sunken);
      }
      li {
        display: flex;
        align-items: center;
        gap: 12px;
        min-height: 52px;
      }
      li span:first-of-type {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      phone-avatar {
        --size: 36px;
      }
      .button {
        margin-top: 8px;
      }
      @media (min-width: 1100px) {
        :host {
          padding: 16px 24px 16px 32px;
        }
      }
    `,
  ];

  declare phone: Phone;
  declare group: Group;

  override render() {
    return html`<h2>${words.chats.membersTitle}</h2>
      <ul>
        ${this.group.members.map((member) => this.#member(member))}
      </ul>
      <button class="button stop" @click=${() => this.#leave()}>${icon("leave", 20)}${words.chats.leave}</button>`;
  }

  #member({ user, name, role, invited }: GroupMember) {
    const own = user === this.phone.session?.view().user;
    const shown = own ? words.chats.you : (this.phone.people.of({ user })?.name ?? name ?? user);
    const fact = invited ? words.chats.asked : role === "owner" ? words.chats.owner : "";
    return html`<li>
      <phone-avatar .name=${own ? (name ?? user) : shown}></phone-avatar>
      <span>${shown}</span>
      ${fact ? html`<span class="chip">${fact}</span>` : nothing}
      ${
        this.#owns && !own
          ? html`<button
              class="round"
              aria-label=${words.chats.takeOut(shown)}
              title=${words.chats.takeOut(shown)}
              @click=${() => this.#act((messages) => messages.removeMember(this.group.groupId, user))}
            >
              ${icon("close", 18)}
            </button>`
          : nothing
      }
    </li>`;
  }

  get #owns(): boolean {
    const own = this.phone.session?.view().user;
    return this.group.members.some(({ user, role, invited }) => user === own && role === "owner" && !invited);
  }

  #leave(): void {
    if (!confirm(words.chats.leaveSure(this.group.name))) return;
    this.#act((messages) => messages.leaveGroup(this.group.groupId));
    this.phone.places.replace("chats");
  }

  #act(act: (messages: NonNullable<Phone["session"]>["messages"]) => Promise<void>): void {
    const messages = this.phone.session?.messages;
    if (messages) void act(messages).catch((thrown: unknown) => this.phone.notices.tell(thrown));
  }
}

customElements.define("phone-group-members", PhoneGroupMembers);
