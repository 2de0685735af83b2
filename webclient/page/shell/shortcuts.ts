import { pressesControl, typesText } from "../look/typing.ts";
import type { Phone } from "../model/phone.ts";
import type { Words } from "../words/words.ts";

/** What keys can do. Views give the two that need an element of theirs. */
export interface Views {
  search(): void;
  keypad(): void;
}

export interface Shortcut {
  readonly name: keyof Words["settings"]["keys"];
  /** As `KeyboardEvent.key`. */
  readonly key: string;
  /** Whether it means something now. */
  readonly fits: (phone: Phone) => boolean;
  readonly act: (phone: Phone, views: Views) => void;
}

const rings = (phone: Phone): boolean => phone.stage.view().offered.length > 0;
const talks = (phone: Phone): boolean => phone.stage.up() !== undefined;
const shown = (phone: Phone): boolean => phone.stage.busy() && phone.stage.view().callShown;

/** In the order of the settings. A key that means nothing now does nothing. */
export const shortcuts: readonly Shortcut[] = [
  { name: "search", key: "/", fits: () => true, act: (_phone, views) => views.search() },
  {
    name: "answer",
    key: "a",
    fits: rings,
    act: (phone) =>
      void phone.stage
        .view()
        .offered.slice(-1)
        .forEach((call) => void phone.stage.answer(call)),
  },
  {
    name: "decline",
    key: "d",
    fits: rings,
    act: (phone) =>
      void phone.stage
        .view()
        .offered.slice(-1)
        .forEach((call) => void call.reject()),
  },
  { name: "mute", key: "m", fits: talks, act: (phone) => phone.stage.up()?.mute("audio") },
  {
    name: "talk",
    key: " ",
    fits: (phone) => phone.stage.up()?.view().muted.audio === true,
    act: (phone) => phone.stage.up()?.mute("audio", false),
  },
  { name: "keypad", key: "k", fits: shown, act: (_phone, views) => views.keypad() },
  { name: "hide", key: "Escape", fits: shown, act: (phone) => phone.stage.show(false) },
  { name: "end", key: "e", fits: talks, act: (phone) => phone.stage.end() },
];

/** Single keys act unless they are switched off, go into a field, or belong to the browser. */
export class Shortcuts {
  readonly #phone: Phone;
  readonly #views: Views;
  /** Space is held: its release mutes again. */
  #talking = false;

  constructor(phone: Phone, views: Views, target: Document) {
    this.#phone = phone;
    this.#views = views;
    target.addEventListener("keydown", (event) => this.#down(event));
    target.addEventListener("keyup", (event) => this.#up(event));
    target.defaultView?.addEventListener("blur", () => this.#rest());
  }

  #down(event: KeyboardEvent): void {
    if (!this.#phone.preferences.view().shortcuts || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.defaultPrevented || event.repeat || typesText(document)) return;
    // Space presses what has the focus, and the user sees what that is.
    if (event.key === " " && pressesControl(document)) return;
    const shortcut = shortcuts.find(({ key }) => key === event.key.toLowerCase() || key === event.key);
    if (!shortcut?.fits(this.#phone)) return;
    event.preventDefault();
    if (shortcut.name === "talk") this.#talking = true;
    shortcut.act(this.#phone, this.#views);
  }

  #up(event: KeyboardEvent): void {
    if (event.key === " ") this.#rest();
  }

  #rest(): void {
    if (!this.#talking) return;
    this.#talking = false;
    this.#phone.stage.up()?.mute("audio", true);
  }
}
