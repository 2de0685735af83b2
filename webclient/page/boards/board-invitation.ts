import { css, html, LitElement } from "lit";
import type { BoardInfo } from "../../whiteboard/index.ts";
import { icon } from "../look/icons.ts";
import { base, buttons } from "../look/styles.ts";
import { Watch } from "../look/watch.ts";
import type { Phone } from "../model/phone.ts";
import { words } from "../words/words.ts";
import { memberName } from "./board-name.ts";

/** Somebody wants to draw together: over everything, and never in focus by itself. */
export class PhoneBoardInvitation extends LitElement {
  static override properties = { phone: { attribute: false }, board: { attribute: false } };
  static override styles = [
    base,
    buttons,
    css`
      .card {
        display: grid;
        grid-template-columns: 44px minmax(0, 1fr);
        gap: 12px 14px;
        align-items: center;
        padding: 16px;
        background: var(--surface);
        border: 1px solid var(--line);
        border-radius: var(--radius-large);
        box-shadow: var(--shadow);
        animation: slide var(--enter);
      }
      @keyframes slide {
        from {
          opacity: 0;
          transform: translateY(-12px);
        }
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
      b {
        display: block;
        font-weight: 650;
        overflow-wrap: anywhere;
      }
      .acts {
        grid-column: 1 / -1;
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 10px;
      }
    `,
  ];

  declare phone: Phone;
  declare board: BoardInfo;

  constructor() {
    super();
    new Watch(this, () => [this.phone.people]);
  }

  override render() {
    const { boardId, name, members } = this.board;
    const owner = members.find(({ role, invited }) => role === "owner" && !invited);
    const who = owner ? memberName(this.phone, owner.user, owner.name) : "";
    return html`<section class="card" aria-label=${words.boards.asks(who)} data-testid="board-invitation">
      <span class="picture">${icon("board")}</span>
      <div role="status"><b>${words.boards.asks(who)}</b><span class="quiet">${name}</span></div>
      <div class="acts">
        <button class="button" @click=${() => this.phone.boards.putOff(boardId)}>${words.boards.later}</button>
        <button class="button go" @click=${() => void this.phone.boards.answer(boardId, true)}>
          ${words.chats.join}
        </button>
      </div>
    </section>`;
  }
}

customElements.define("phone-board-invitation", PhoneBoardInvitation);
