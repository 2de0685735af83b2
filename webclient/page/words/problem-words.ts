import type { ErrorCode } from "../../index.ts";
import { browserName } from "./browser-name.ts";
import { words, type Saying } from "./words.ts";

/** What the page says about a code of the library and its detail; `agent` is the browser's name for itself. */
export function problemWords(code: ErrorCode, detail: string | undefined, agent: string): Saying {
  const saying = (detail === undefined ? undefined : words.causes[code]?.[detail]) ?? words.problems[code];
  return hasSwitch(code, detail) ? { ...saying, text: words.microphoneSwitch[browserName(agent)] } : saying;
}

/** Whether the user can lift it with a switch of the browser, which is then drawn. */
export const hasSwitch = (code: string, detail: string | undefined): boolean =>
  code === "microphone-denied" && (detail === undefined || detail === "user");
