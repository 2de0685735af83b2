import type { BrowserInfo } from "../gateway/protocol/values.ts";
import type { BrowserFacts, Platform } from "./platform.ts";

type Row = readonly [form: RegExp, name: string];

/** Names in the text of RFC 9110 10.1.5, the first that is there: most browsers name others beside themselves. */
const browsers: readonly Row[] = [
  [/\bEdg(?:A|iOS)?\/([\d.]+)/, "Edge"],
  [/\bOPR\/([\d.]+)/, "Opera"],
  [/\bSamsungBrowser\/([\d.]+)/, "Samsung Internet"],
  [/\b(?:Firefox|FxiOS)\/([\d.]+)/, "Firefox"],
  [/\b(?:Chrome|CriOS|HeadlessChrome)\/([\d.]+)/, "Chrome"],
  [/\bVersion\/([\d.]+).*\bSafari\//, "Safari"],
];

const systems: readonly Row[] = [
  [/\bAndroid\b/, "Android"],
  [/\b(?:iPhone|iPad|iPod)\b/, "iOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];

/** Brands that say little: a placeholder against careless programs, and what several browsers are made of. */
const dull = [/not.?a.?brand/i, /^Chromium$/];

/** Name, version and system of a browser. Its own brand counts more than the older text, which pretends. */
export function readBrowser({ userAgent, brands }: Pick<BrowserFacts, "userAgent" | "brands">): {
  readonly name: string;
  readonly version: string;
  readonly system: string;
} {
  const named = brands.filter(({ brand }) => !/not.?a.?brand/i.test(brand));
  const brand = named.find(({ brand: name }) => !dull.some((form) => form.test(name))) ?? named[0];
  const [form, name] = browsers.find(([one]) => one.test(userAgent)) ?? [];
  const [, system] = systems.find(([one]) => one.test(userAgent)) ?? [];
  return {
    name: (brand?.brand ?? name ?? "unknown").slice(0, 64),
    version: (brand?.version ?? form?.exec(userAgent)?.[1] ?? "").slice(0, 64),
    system: system ?? "unknown",
  };
}

/** Some browsers never say; nobody waits for them. */
const patienceMs = 500;

function soon<T>(platform: Platform, asked: Promise<T> | undefined): Promise<T | undefined> {
  return new Promise((resolve) => {
    const late = platform.clock.after(asked ? patienceMs : 0, () => resolve(undefined));
    asked?.then(resolve, () => resolve(undefined)).finally(() => late.cancel());
  });
}

/** What the gateway is told of the browser; undefined where there is none. */
export async function describeBrowser(platform: Platform): Promise<BrowserInfo | undefined> {
  const facts = platform.browser?.();
  if (!facts) return undefined;
  const devices = await soon(platform, platform.media?.enumerateDevices());
  const count = (kind: MediaDeviceKind): number => devices?.filter((device) => device.kind === kind).length ?? 0;
  return {
    ...readBrowser(facts),
    abilities: [...facts.abilities],
    ...(devices && {
      devices: { microphones: count("audioinput"), cameras: count("videoinput"), speakers: count("audiooutput") },
    }),
  };
}
