import { css, html, LitElement, nothing } from "lit";
import type { BoardInfo, BoardMember } from "../../whiteboard/index.ts";
import { writable } from "../chats/chat-name.ts";
import "../look/avatar.ts";
import { icon } from "../look/icons.ts";
import { base, buttons, chips, fields, headings } from "../look/styles.ts";
import { Watch } from "../look/watch.ts";
import type { Phone } from "../model/phone.ts";
import { words } from "../words/words.ts";
import { memberName } from "./board-name.ts";

/** Who is on a board and may do what, the field that invites, and the way out. */
export class PhoneBoardPeople extends LitElement {
  static override properties = { phone: { attribute: false }, board: { attribute: false } };
  static override styles = [
    base,
    buttons,
    chips,
    fields,
    headings,
    css`
      :host {
        display: grid;
        gap: 12px;
      }
      li {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: flex-end;
        gap: 0 10px;
        min-height: 52px;
      }
      /* A name keeps room to be read: what may be done with its owner goes below it. */
      li > span:first-of-type {
        flex: 1 1 130px;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      phone-avatar {
        --size: 36px;
      }
      .toggle {
        min-height: 36px;
        padding: 6px 12px;
        font-size: 13px;
      }
    `,
  ];

  declare phone: Phone;
  declare board: BoardInfo;

  constructor() {
    super();
    new Watch(this, () => [this.phone.people, this.phone.boards]);
  }

  override render() {
    const { members } = this.board;
    const others = this.phone.people
      .view()
      .people.flatMap((person) => ({ name: person.name, user: writable(person)?.user ?? "" }))
      .filter(({ user }) => user !== "" && !members.some((member) => member.user === user));
    return html`<h2>${words.boards.people}</h2>
      <ul>
        ${members.map((member) => this.#member(member))}
      </ul>
      ${
        this.phone.boards.isOwner(this.board) && others.length > 0
          ? html`<label class="field"
              ><span class="visually-hidden">${words.boards.invite}</span>
              <select class="input" @change=${(event: Event) => this.#invite(event.target as HTMLSelectElement)}>
                <option value="">${words.boards.invite}</option>
                ${others.map(({ user, name }) => html`<option value=${user}>${name}</option>`)}
              </select></label
            >`
          : nothing
      }
      <button class="button stop" @click=${() => this.#leave()}>${icon("leave", 20)}${words.boards.leave}</button>`;
  }

  #member({ user, name, role, invited }: BoardMember) {
    const shown = memberName(this.phone, user, name);
    const fact = invited ? words.chats.asked : role === "owner" ? words.chats.owner : "";
    const governs = this.phone.boards.isOwner(this.board) && role !== "owner";
    const { boardId } = this.board;
    return html`<li data-testid="board-member">
      <phone-avatar .name=${this.phone.people.of({ user })?.name ?? name ?? user}></phone-avatar>
      <span>${shown}</span>
      ${fact ? html`<span class="chip">${fact}</span>` : nothing}
      ${
        governs
          ? html`<button
                class="button toggle"
                aria-pressed=${String(role === "viewer")}
                @click=${() => void this.phone.boards.setViewer(boardId, user, role !== "viewer")}
              >
                ${role === "viewer" ? words.boards.looks : words.boards.draws}
              </button>
              <button
                class="round"
                aria-label=${words.chats.takeOut(shown)}
                title=${words.chats.takeOut(shown)}
                @click=${() => void this.phone.boards.remove(boardId, user)}
              >
                ${icon("close", 18)}
              </button>`
          : role === "viewer"
            ? html`<span class="chip">${words.boards.looks}</span>`
            : nothing
      }
    </li>`;
  }

  #invite(select: HTMLSelectElement): void {
    const { value } = select;
    select.value = "";
    if (value) void this.phone.boards.invite(this.board.boardId, value);
  }

  #leave(): void {
    if (confirm(words.boards.leaveSure(this.board.name))) void this.phone.boards.leave(this.board.boardId);
  }
}

customElements.define("phone-board-people", PhoneBoardPeople);
