import { html, LitElement, nothing } from "lit";
import { limits } from "../../../gateway/protocol/version.ts";
import { repeat } from "lit/directives/repeat.js";
import type { Attachment, CallRecord, Conversation, Message } from "../../index.ts";
import { addressOf } from "../../target.ts";
import { boardName } from "../boards/board-name.ts";
import "../look/avatar.ts";
import { icon } from "../look/icons.ts";
import { searchField } from "../look/search-field.ts";
import { base, buttons, chips, fields } from "../look/styles.ts";
import { Watch } from "../look/watch.ts";
import type { Draft } from "../model/chats.ts";
import type { Phone } from "../model/phone.ts";
import { directionIcons } from "../recents/direction-icons.ts";
import { clockTime, dayName, talked } from "../words/times.ts";
import { words } from "../words/words.ts";
import type { PhoneBubble } from "./bubble.ts";
import "./bubble.ts";
import { chatItem, chatName, isInvitation, numberIn, readConversation, viewOf } from "./chat-name.ts";
import type { PhoneComposer } from "./composer.ts";
import "./composer.ts";
import "./group-members.ts";
import { invitation } from "./invitation.ts";
import { nothingChosen } from "./nothing-chosen.ts";
import { threadStyles } from "./thread-styles.ts";
import { threadLines, type ThreadLine } from "./thread-lines.ts";
import { unsentLine } from "./unsent-line.ts";

/** Close enough to the newest line that the reader is at it, in pixels. */
const atEndPx = 80;

/** One conversation: what was said and called, and the field for the next words. */
export class PhoneChatView extends LitElement {
  static override properties = {
    phone: { attribute: false },
    item: {},
    editing: { state: true },
    details: { state: true },
    find: { state: true },
    found: { state: true },
    dropping: { state: true },
  };
  static override styles = [base, buttons, chips, fields, threadStyles];

  declare phone: Phone;
  /** As `chatItem` prints a conversation. */
  declare item: string;
  declare editing: Message | undefined;
  declare details: boolean;
  /** Text that is searched for; undefined: no search. */
  declare find: string | undefined;
  declare found: readonly Message[];
  /** Files are held over the conversation. */
  declare dropping: boolean;
  #atEnd = true;
  /** How far down the log was scrolled last, in pixels. */
  #top = 0;
  /** The message that is to be brought before the reader's eyes, until it is there. */
  #wanted: number | undefined;

  constructor() {
    super();
    this.details = false;
    this.found = [];
    this.dropping = false;
    this.addEventListener("dragover", (event) => this.#dragged(event, true));
    this.addEventListener("dragleave", (event) => this.#dragged(event, false));
    this.addEventListener("drop", (event) => this.#dropped(event));
    new Watch(this, () => [
      this.phone.chats,
      this.phone.people,
      this.phone.session,
      this.phone.session?.messages,
      this.phone.session?.calls,
    ]);
  }

  get #of(): Conversation | undefined {
    return readConversation(this.item);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this.#seen);
    const of = this.#of;
    this.#wanted = numberIn(this.item);
    if (this.#wanted !== undefined) this.#atEnd = false;
    if (of && this.#wanted !== undefined) void this.phone.chats.openAt(of, this.#wanted);
    else if (of) void this.phone.chats.open(of);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.#seen);
    this.#resized.disconnect();
  }

  protected override firstUpdated(): void {
    this.#resized.observe(this);
  }

  /** What comes below moves nobody away from the end: only who scrolls up leaves it. */
  #scrolled({ scrollHeight, scrollTop, clientHeight }: Element): void {
    if (scrollHeight - scrollTop - clientHeight < atEndPx) this.#atEnd = true;
    else if (scrollTop < this.#top - 1) this.#atEnd = false;
    this.#top = scrollTop;
  }

  /** Who reads the newest line stays at it, and has read what is there. */
  protected override updated(): void {
    const lines = this.renderRoot.querySelector(".lines");
    if (lines) this.#resized.observe(lines);
    if (this.#wanted !== undefined) void this.#toWanted(this.#wanted);
    if (!this.#atEnd) return;
    this.#toEnd();
    this.#seen();
  }

  /** Once it is drawn it is shown, and marked for a moment. */
  async #toWanted(number: number): Promise<void> {
    const bubble = this.renderRoot.querySelector<PhoneBubble>(`phone-bubble[data-number="${number}"]`);
    await bubble?.updateComplete;
    if (!bubble || this.#wanted !== number) return;
    this.#wanted = undefined;
    bubble.scrollIntoView({ block: "center" });
    bubble.marked = true;
  }

  /** Lines were drawn, pictures came, a keyboard is up, the window is another: who stood at the end stands there still. */
  readonly #resized = new ResizeObserver(() => this.#toEnd());

  readonly #toEnd = (): void => {
    const log = this.renderRoot.querySelector(".log");
    const of = this.#of;
    if (log && this.#atEnd && !(of && this.phone.chats.thread(of).ahead)) log.scrollTop = log.scrollHeight;
  };

  override render() {
    const of = this.#of;
    if (!of) return nothingChosen(this.phone, this.item);
    const view = viewOf(this.phone, of);
    const name = chatName(this.phone, of, view);
    const isAsked = isInvitation(this.phone, view);
    return html`${this.#head(of, name)}
    ${this.details && view?.group ? html`<phone-group-members .phone=${this.phone} .group=${view.group}></phone-group-members>` : nothing}
    ${this.find === undefined ? nothing : this.#searchField()}
    ${this.find === undefined ? this.#log(of, isAsked ? undefined : name) : this.#results()}
    ${isAsked && "group" in of ? invitation(this.phone, of.group, name) : this.#composer(of, name)}
    ${this.dropping ? html`<p class="drop">${icon("clip", 32)}${words.chats.dropHere}</p>` : nothing}`;
  }

  #head(of: Conversation, name: string) {
    const person = "user" in of ? this.phone.people.of(of) : undefined;
    const group = viewOf(this.phone, of)?.group;
    const below = group
      ? words.chats.members(group.members.filter(({ invited }) => !invited).length)
      : words.contacts.status[person?.status ?? "unknown"];
    const typing = this.phone.chats.view().typing.get(chatItem(of));
    return html`<header>
      <a class="round back" href="#/chats" aria-label=${words.nav.back}>${icon("back")}</a>
      <phone-avatar .name=${name} .status=${person?.status}></phone-avatar>
      <div class="who">
        <h1>${name}</h1>
        <p class="quiet" role="status">${typing ? words.chats.typing(this.phone.nameOf(typing.target)) : below}</p>
      </div>
      <button
        class="round"
        aria-label=${words.chats.find}
        title=${words.chats.find}
        aria-pressed=${String(this.find !== undefined)}
        @click=${() => this.#toggleFind()}
      >
        ${icon("search")}
      </button>
      <button
        class="round"
        aria-label=${words.boards.draw}
        title=${words.boards.draw}
        @click=${() => this.#drawTogether(of, name)}
      >
        ${icon("board")}
      </button>
      ${
        "user" in of
          ? html`<button
              class="round go"
              aria-label=${words.call.callName(name)}
              title=${words.call.call}
              @click=${() => void this.phone.stage.call(of)}
            >
              ${icon("call")}
            </button>`
          : html`<button
              class="round"
              aria-label=${words.chats.membersTitle}
              title=${words.chats.membersTitle}
              aria-expanded=${String(this.details)}
              @click=${() => (this.details = !this.details)}
            >
              ${icon("people")}
            </button>`
      }
    </header>`;
  }

  #drawTogether(of: Conversation, name: string): void {
    if ("user" in of) return void this.phone.boards.drawWith([of.user], boardName(this.phone, name));
    const members = viewOf(this.phone, of)?.group?.members ?? [];
    void this.phone.boards.drawWith(
      members.map(({ user }) => user),
      name,
    );
  }

  /** `name`: whom one may write to; undefined before an invitation is answered. */
  #log(of: Conversation, name: string | undefined) {
    const { messages, more, ahead, unsent } = this.phone.chats.thread(of);
    const until = ahead ? (messages.at(-1)?.at.getTime() ?? 0) : Infinity;
    const records = this.#records(of).filter(({ at }) => at.getTime() <= until);
    const lines = threadLines(messages, records, more);
    return html`<div
      class="log"
      role="log"
      tabindex="0"
      aria-label=${name ?? words.chats.group}
      @scroll=${(event: Event) => this.#scrolled(event.target as Element)}
    >
      <div class="lines">
        ${
          more
            ? html`<p class="more">
                <button class="button" @click=${() => void this.phone.chats.older(of)}>${words.chats.older}</button>
              </p>`
            : nothing
        }
        ${lines.length + unsent.length === 0 && name !== undefined ? html`<p class="first quiet">${words.chats.firstWords(name)}</p>` : nothing}
        ${repeat(
          lines,
          ({ key }) => key,
          (line) => this.#line(of, line),
        )}
        ${repeat(
          unsent,
          ({ id }) => id,
          (one) => unsentLine(this.phone, of, one),
        )}
        ${
          ahead
            ? html`<p class="more ahead">
                <button class="button" @click=${() => void this.phone.chats.newer(of)}>${words.chats.newer}</button>
                <button class="button" @click=${() => this.#newest(of)}>${words.chats.newest}</button>
              </p>`
            : nothing
        }
      </div>
    </div>`;
  }

  #newest(of: Conversation): void {
    this.#atEnd = true;
    void this.phone.chats.newest(of);
  }

  #records(of: Conversation): readonly CallRecord[] {
    if ("group" in of) return [];
    const key = this.phone.people.keyOf(of);
    const all = this.phone.session?.calls.view().recents ?? [];
    return all.filter(({ peer }) => this.phone.people.keyOf(peer.target) === key);
  }

  #line(of: Conversation, line: ThreadLine) {
    if (line.is === "day") return html`<p class="day">${dayName(line.at, new Date())}</p>`;
    if (line.is === "message") return this.#message(of, line);
    const { direction, durationMs, at, end } = line.record;
    const what = durationMs > 0 ? talked(durationMs) : words.endsShort[end.reason];
    const said = [words.chats.calls[direction], direction === "missed" ? "" : what].filter(Boolean).join(", ");
    return html`<p class="call ${direction}">
      ${icon(directionIcons[direction], 16)}<span>${said}</span
      ><time datetime=${at.toISOString()}>${clockTime(at)}</time>
    </p>`;
  }

  #message(of: Conversation, { message, follows, brief }: Extract<ThreadLine, { is: "message" }>) {
    const own = addressOf(message.from.target) === this.phone.session?.view().user;
    return html`<phone-bubble
      data-number=${message.number}
      .message=${message}
      ?own=${own}
      ?follows=${follows}
      .brief=${brief}
      .sender=${"group" in of && !own && !follows ? this.phone.nameOf(message.from.target) : ""}
      .failed=${this.phone.chats.thread(of).failed.has(message.id)}
      .link=${(attachment: Attachment) => this.#link(message, attachment)}
      @edit=${() => (this.editing = message)}
      @remove=${() => void this.#remove(message)}
    ></phone-bubble>`;
  }

  #composer(of: Conversation, name: string) {
    const editing = this.editing?.text;
    return html`<footer>
      ${
        editing === undefined
          ? nothing
          : html`<p class="editing">
              ${icon("pen", 16)}<span>${words.chats.editing}</span>
              <button class="round" aria-label=${words.nav.cancel} @click=${() => (this.editing = undefined)}>
                ${icon("close", 18)}
              </button>
            </p>`
      }
      <phone-composer
        .name=${name}
        .editing=${editing}
        @typing=${() => this.phone.session?.messages.setTyping(of)}
        @cancel=${() => (this.editing = undefined)}
        @send=${(event: CustomEvent<Draft>) => this.#send(of, event.detail)}
      ></phone-composer>
    </footer>`;
  }

  #searchField() {
    return searchField({
      label: words.chats.find,
      text: this.find ?? "",
      maxLength: limits.word,
      changed: (text) => void this.#search(text),
    });
  }

  #results() {
    const of = this.#of;
    const text = (this.find ?? "").trim();
    if (!of || text === "") return html`<div class="log"></div>`;
    if (this.found.length === 0) return html`<p class="log first quiet">${words.chats.notFound(text)}</p>`;
    const lines = threadLines(this.found.toReversed(), [], false);
    return html`<div class="log" data-testid="found">${lines.map((line) => this.#line(of, line))}</div>`;
  }

  #toggleFind(): void {
    this.find = this.find === undefined ? "" : undefined;
    this.found = [];
    this.#atEnd = true;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLInputElement>(".search input")?.focus());
  }

  async #search(text: string): Promise<void> {
    this.find = text;
    const of = this.#of;
    const search = text.trim();
    if (!of || search === "") return void (this.found = []);
    const found = await this.phone.session?.messages.history(of, { search }).catch(() => undefined);
    if (found && this.find === text) this.found = found;
  }

  #send(of: Conversation, draft: Draft): void {
    this.#atEnd = true;
    const message = this.editing;
    this.editing = undefined;
    if (!message) return void this.phone.chats.send(of, draft);
    const { text } = draft;
    if (text === message.text) return;
    void this.phone.session?.messages.edit(message, text).catch((thrown: unknown) => this.phone.notices.tell(thrown));
  }

  async #link(message: Message, attachment: Attachment): Promise<string> {
    const { session } = this.phone;
    if (!session) throw new Error("signed out");
    return session.messages.link(message, attachment);
  }

  #dragged(event: DragEvent, over: boolean): void {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.dropping = over && this.renderRoot.querySelector("phone-composer") !== null;
  }

  #dropped(event: DragEvent): void {
    const files = event.dataTransfer?.files;
    if (!files?.length) return;
    event.preventDefault();
    this.dropping = false;
    this.renderRoot.querySelector<PhoneComposer>("phone-composer")?.attach(files);
  }

  async #remove(message: Message): Promise<void> {
    if (!confirm(words.chats.removeSure)) return;
    await this.phone.session?.messages.remove(message).catch((thrown: unknown) => this.phone.notices.tell(thrown));
  }

  readonly #seen = (): void => {
    const of = this.#of;
    if (of && document.visibilityState === "visible" && this.find === undefined) this.phone.chats.read(of);
  };
}

customElements.define("phone-chat-view", PhoneChatView);
