import type { Words } from "./catalogue.ts";
import { english, type Saying, type SignInFailure } from "./english.ts";

export type { Saying, SignInFailure, Words };

export const languages = { en: "English", fr: "Français" } as const;
export type Language = keyof typeof languages;

/** The words of the language that is spoken now. Read them when rendering, never at import time. */
export let words: Words = english;
export let language: Language = "en";

const loaders: Readonly<Record<Language, () => Promise<Words>>> = {
  en: () => Promise.resolve(english),
  fr: () => import("./french.ts").then(({ french }) => french),
};

/** From the browser's list, the first that there is a catalogue for. */
export const languageOf = (wanted: readonly string[]): Language =>
  wanted.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag): tag is Language => tag in languages) ?? "en";

/** The spoken language as the user's country has it: `en-GB` writes times in another way than `en-US`. */
export const locale = (): string =>
  globalThis.navigator?.languages?.find((tag) => tag.slice(0, 2).toLowerCase() === language) ?? language;

export async function speak(wanted: Language): Promise<void> {
  words = await loaders[wanted]();
  language = wanted;
}
