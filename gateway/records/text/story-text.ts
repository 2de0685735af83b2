import type { CallStory, CallSummary } from "../../protocol/call-story.ts";
import { fitting, ladderText } from "./ladder-text.ts";
import { plain, type Paint } from "./paint.ts";

export interface TextOptions {
  /** Columns. */
  readonly width: number;
  readonly paint?: Paint;
  /** Headers and descriptions below each arrow. */
  readonly details?: boolean;
}

/** A call for a terminal or a ticket: what it came to, what to do, the ladder, the figures. */
export function storyText(story: CallStory, { width, paint = plain, details = false }: TextOptions): string {
  const { verdict, reference, from, to, at, durationMs, running } = story;
  const when = running ? "going on" : `${seconds(durationMs)} of talk`;
  return [
    paint("strong", `Call ${reference}`) + `  ${from} -> ${to}  ${dateText(at)}, ${when}`,
    "",
    paint(verdict.severity, `${marks[verdict.severity]} ${verdict.title}`),
    ...wrapped(verdict.text, width - 2).map((line) => `  ${line}`),
    ...verdict.advice.flatMap((advice) => {
      const [first = "", ...rest] = wrapped(advice, width - 6);
      return [`  - ${first}`, ...rest.map((line) => `    ${line}`)];
    }),
    "",
    ...ladderText(story, width, paint, details),
    "",
    ...story.media.map(({ name, value, tone }) => `${name.padEnd(28)} ${paint(tone, value)}`),
    ...sameCauseText(story),
    "",
  ].join("\n");
}

/** The last calls, a line each. */
export function listText(calls: readonly CallSummary[], { width, paint = plain }: TextOptions): string {
  if (calls.length === 0) return "No calls are kept here.\n";
  const lines = calls.map(({ at, reference, from, to, durationMs, running, verdict }) => {
    const duration = running ? "now" : seconds(durationMs);
    const head = `${dateText(at)}  ${reference}  ${duration.padStart(6)}  `;
    const room = Math.max(20, width - head.length);
    const half = Math.floor(room / 2);
    return (
      head +
      fitting(`${from} -> ${to}`, half).padEnd(half) +
      paint(verdict.severity, fitting(` ${verdict.title}`, room - half))
    );
  });
  return `${lines.join("\n")}\n`;
}

const marks = { ok: "+", note: "*", warning: "!", failure: "x" } as const;

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

function sameCauseText({ sameCauseToday: { calls, networks } }: CallStory): string[] {
  if (calls < 2) return [];
  const by = networks.filter(({ name }) => name !== "").map(({ name, calls: count }) => `${name}: ${count}`);
  return [`${"The same on that day".padEnd(28)} ${calls} calls${by.length > 0 ? ` (${by.join(", ")})` : ""}`];
}

/** In the time of whoever reads. */
function dateText(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** Words in lines of at most `width` columns. */
export function wrapped(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1) ?? "";
    if (last === "") lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
