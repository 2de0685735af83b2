import { css, html, LitElement, nothing } from "lit";
import type { BoardInfo } from "../../whiteboard/index.ts";
import { icon } from "../look/icons.ts";
import { base, buttons, headings, listHead, rows } from "../look/styles.ts";
import { Watch } from "../look/watch.ts";
import type { Phone } from "../model/phone.ts";
import { printPlace } from "../model/places.ts";
import { words } from "../words/words.ts";
import { othersOn } from "./board-name.ts";

/** All whiteboards of the user, invitations too. */
export class PhoneBoardsList extends LitElement {
  static override properties = { phone: { attribute: false } };
  static override styles = [
    base,
    buttons,
    headings,
    listHead,
    rows,
    css`
      .head {
        padding-left: 8px;
      }
      .picture {
        width: 44px;
        height: 44px;
        display: grid;
        place-items: center;
        border-radius: var(--radius);
        background: var(--me-soft);
        color: var(--me);
      }
      .row .open {
        grid-template-columns: 44px 1fr;
      }
      .invited small {
        color: var(--text);
        font-weight: 550;
      }
    `,
  ];

  declare phone: Phone;

  constructor() {
    super();
    new Watch(this, () => [this.phone.boards, this.phone.places, this.phone.people, this.phone.preferences]);
  }

  override render() {
    const { boards } = this.phone.boards.view();
    return html`<header class="head">
        <a class="round" href="#/chats" aria-label=${words.nav.chats} title=${words.nav.chats}>${icon("back")}</a>
        <h1>${words.boards.title}</h1>
        <button
          class="round"
          aria-label=${words.boards.start}
          title=${words.boards.start}
          @click=${() => void this.phone.boards.drawWith([], words.boards.own)}
        >
          ${icon("plus")}
        </button>
      </header>
      ${
        boards.length === 0
          ? this.#empty()
          : html`<ul data-testid="boards">
              ${boards.map((board) => this.#row(board))}
            </ul>`
      }`;
  }

  #row(board: BoardInfo) {
    const { boardId, name } = board;
    const invited = this.phone.boards.isInvited(board);
    const selected = this.phone.places.view().item === boardId;
    return html`<li class="row ${invited ? "invited" : ""}" data-testid="board" data-selected=${selected || nothing}>
      <a class="open" href=${printPlace({ tab: "boards", item: boardId })} aria-current=${selected ? "true" : nothing}>
        <span class="picture">${icon("board")}</span>
        <span><b>${name}</b><small>${invited ? words.chats.invited : othersOn(this.phone, board)}</small></span>
      </a>
      ${
        invited
          ? html`<button
              class="round"
              aria-label=${words.boards.decline(name)}
              title=${words.boards.decline(name)}
              @click=${() => void this.phone.boards.answer(boardId, false)}
            >
              ${icon("close", 18)}
            </button>`
          : nothing
      }
    </li>`;
  }

  #empty() {
    return html`<div class="empty">
      <b>${words.boards.empty}</b>
      <p class="quiet">${words.boards.emptyNext}</p>
      <button class="button" @click=${() => void this.phone.boards.drawWith([], words.boards.own)}>
        ${icon("plus", 20)}${words.boards.start}
      </button>
    </div>`;
  }
}

customElements.define("phone-boards-list", PhoneBoardsList);
