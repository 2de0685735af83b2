import type { PresenceStatus } from "../../index.ts";
import { LiveObject } from "../../live.ts";
import { language, languageOf, languages, speak, type Language } from "../words/words.ts";
import type { Memory } from "./memory.ts";

export const themes = ["auto", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

/** The most available first, as the gateway counts them. */
export const statuses: readonly PresenceStatus[] = ["online", "away", "busy", "do-not-disturb", "invisible"];

/** What a user chose for this browser. */
export interface Choices {
  readonly language: Language | "auto";
  readonly theme: Theme;
  /** Single keys act as shortcuts. */
  readonly shortcuts: boolean;
  readonly notifications: boolean;
  /** Echo and noise are removed from the own voice. */
  readonly cleanVoice: boolean;
  /** 0 to 1. */
  readonly ringVolume: number;
  /** The first-run check was done or skipped. */
  readonly checked: boolean;
  /** Device ids; empty: as the system says. */
  readonly microphone: string;
  readonly speaker: string;
  readonly ring: string;
  /** Missed calls up to then were seen: milliseconds since the epoch. */
  readonly missedSeen: number;
  readonly status: PresenceStatus;
  /** An own text beside the status. */
  readonly note: string;
}

export interface PreferencesView extends Choices {
  /** The language that is spoken now: its words may come later than the choice. */
  readonly spoken: Language;
}

interface Kept<T> {
  readonly key: string;
  read(text: string | undefined): T;
}

const oneOf = <T extends string>(key: string, values: readonly T[], otherwise: T): Kept<T> => ({
  key,
  read: (text) => values.find((value) => value === text) ?? otherwise,
});
const flag = (key: string, otherwise: boolean): Kept<boolean> => ({
  key,
  read: (text) => (text === undefined ? otherwise : text === "on"),
});
const number = (key: string, otherwise: number): Kept<number> => ({
  key,
  read: (text) => (text === undefined || !Number.isFinite(Number(text)) ? otherwise : Number(text)),
});
const text = (key: string): Kept<string> => ({ key, read: (kept) => kept ?? "" });

const kept: { readonly [Name in keyof Choices]: Kept<Choices[Name]> } = {
  language: oneOf("language", ["auto", ...(Object.keys(languages) as Language[])], "auto"),
  theme: oneOf("theme", themes, "auto"),
  shortcuts: flag("shortcuts", true),
  notifications: flag("notifications", true),
  cleanVoice: flag("clean-voice", true),
  ringVolume: number("ring-volume", 0.8),
  checked: flag("checked", false),
  microphone: text("microphone"),
  speaker: text("speaker"),
  ring: text("ring"),
  missedSeen: number("missed-seen", 0),
  status: oneOf("status", statuses, "online"),
  note: text("note"),
};

const printed = (value: Choices[keyof Choices]): string =>
  typeof value === "boolean" ? (value ? "on" : "off") : String(value);

function readAll(memory: Memory): Choices {
  return Object.fromEntries(
    Object.entries(kept).map(([name, { key, read }]) => [name, read(memory.get(key))]),
  ) as unknown as Choices;
}

/** The choices of this browser's user, remembered. */
export class Preferences extends LiveObject<PreferencesView, Record<never, never>> {
  readonly #memory: Memory;
  readonly #browserLanguages: readonly string[];

  constructor(memory: Memory, browserLanguages: readonly string[]) {
    super({ ...readAll(memory), spoken: language });
    this.#memory = memory;
    this.#browserLanguages = browserLanguages;
  }

  choose(choices: Partial<Choices>): void {
    for (const [name, value] of Object.entries(choices) as [keyof Choices, Choices[keyof Choices]][])
      this.#memory.set(kept[name].key, printed(value));
    this.update(choices);
    if (choices.language !== undefined) void this.speak();
  }

  /** Another tab chose: takes over what it says of the user. */
  recall(): void {
    const { status, note } = readAll(this.#memory);
    this.update({ status, note });
  }

  /** Fetches the words of the chosen language. Without network the page speaks on as it did. */
  async speak(): Promise<void> {
    const { language: chosen } = this.view();
    await speak(chosen === "auto" ? languageOf(this.#browserLanguages) : chosen).catch(() => {});
    this.update({ spoken: language });
  }
}
