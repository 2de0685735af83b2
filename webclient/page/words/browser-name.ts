export type BrowserName = "chrome" | "firefox" | "safari" | "other";

/** In this order: every browser of Chromium also calls itself Safari. */
const signs: readonly (readonly [sign: RegExp, name: BrowserName])[] = [
  [/Firefox\//, "firefox"],
  [/Chrome\//, "chrome"],
  [/Safari\//, "safari"],
];

/** Which browser that is, as far as its switches are somewhere else. */
export const browserName = (agent: string): BrowserName => signs.find(([sign]) => sign.test(agent))?.[1] ?? "other";
