import type { CallStory, Step } from "../../protocol/call-story.ts";
import { plain, type Paint } from "./paint.ts";

/** Below it a ladder cannot be read, and arrows become lines of a list. */
const narrowest = 70;
const timeWidth = 10;

/** The ladder as lines of at most `width` columns, in plain characters that every terminal and ticket shows. */
export function ladderText(story: CallStory, width: number, paint: Paint = plain, details = false): string[] {
  return width < narrowest ? listText(story, width, paint) : drawn(story, width, paint, details);
}

function drawn({ lanes, steps }: CallStory, width: number, paint: Paint, details: boolean): string[] {
  const span = Math.floor((width - timeWidth) / lanes.length);
  const columns = lanes.map((_, index) => timeWidth + Math.floor(span * (index + 0.5)));
  const row = (texts: readonly string[]): string =>
    " ".repeat(timeWidth) + texts.map((text) => centred(fitting(text, span - 1), span)).join("");
  const rails = draw(columns);
  return [
    row(lanes.map(({ name }) => name)),
    paint("quiet", row(lanes.map(({ detail }) => detail))),
    rails.text,
    ...steps.flatMap((step) => [
      paint(step.tone, timed(step, arrow(step, columns))),
      ...(details
        ? step.detail.map((line) => paint("quiet", `${" ".repeat(timeWidth)}  ${fitting(line, width - timeWidth - 2)}`))
        : []),
    ]),
    rails.text,
  ].map((line) => line.trimEnd());
}

/** A line of characters that can be written over. */
class Line {
  readonly #chars: string[];

  constructor(length: number) {
    this.#chars = Array<string>(length).fill(" ");
  }

  put(at: number, text: string): this {
    [...text].forEach((char, index) => (this.#chars[at + index] = char));
    return this;
  }

  get text(): string {
    return this.#chars.join("");
  }
}

function draw(columns: readonly number[]): Line {
  const line = new Line((columns.at(-1) ?? 0) + 1);
  for (const column of columns) line.put(column, "|");
  return line;
}

function arrow({ from, to, label, missing }: Step, columns: readonly number[]): string {
  const line = draw(columns);
  const [left, right] = [Math.min(from, to), Math.max(from, to)].map((lane) => columns[lane] ?? 0) as [number, number];
  if (left === right) return line.put(left, `* ${label}`).text;
  const room = right - left - 1;
  const shaft = (missing ? "." : "-").repeat(room);
  line.put(left + 1, shaft).put(to > from ? right - 1 : left + 1, to > from ? ">" : "<");
  const text = ` ${fitting(label, room - 4)} `;
  return line.put(left + 1 + Math.floor((room - text.length) / 2), text).text;
}

const timed = ({ ms }: Step, line: string): string => seconds(ms).padStart(timeWidth - 2) + line.slice(timeWidth - 2);

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

function listText({ lanes, steps }: CallStory, width: number, paint: Paint): string[] {
  const name = (lane: number): string => lanes[lane]?.name ?? "";
  return steps.map((step) =>
    paint(
      step.tone,
      fitting(
        step.from === step.to
          ? `${seconds(step.ms)} ${name(step.from)}: ${step.label}`
          : `${seconds(step.ms)} ${name(step.from)} > ${name(step.to)}: ${step.label}`,
        width,
      ),
    ),
  );
}

function centred(text: string, width: number): string {
  const left = Math.max(0, Math.floor((width - text.length) / 2));
  return (" ".repeat(left) + text).padEnd(width);
}

/** The text, or its begin and a mark when there is no room. */
export const fitting = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}~`;
