import type { Severity, Step } from "../../protocol/call-story.ts";

/** Colours a text by what it says. */
export type Paint = (tone: Step["tone"] | Severity | "strong", text: string) => string;

export const plain: Paint = (_tone, text) => text;

/** ECMA-48 select graphic rendition. */
const codes: Readonly<Record<Parameters<Paint>[0], number>> = {
  plain: 0,
  quiet: 2,
  strong: 1,
  good: 32,
  ok: 32,
  note: 36,
  warning: 33,
  bad: 31,
  failure: 31,
};

export const coloured: Paint = (tone, text) => (codes[tone] === 0 ? text : `\u001b[${codes[tone]}m${text}\u001b[0m`);
