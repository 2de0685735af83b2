import type { Preferences } from "../model/preferences.ts";

/** Puts the chosen theme and the spoken language on the document. */
export function keepAppearance(preferences: Preferences): void {
  const obey = (): void => {
    const { theme, spoken } = preferences.view();
    document.documentElement.dataset["theme"] = theme;
    document.documentElement.lang = spoken;
    const dark = theme === "dark" || (theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
    for (const meta of document.querySelectorAll<HTMLMetaElement>("meta[name=theme-color]"))
      meta.content = dark ? "#0d0f13" : "#fbfaf7";
  };
  preferences.subscribe(obey);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", obey);
  obey();
}
