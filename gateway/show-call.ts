import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { messageOf } from "./base/errors.ts";
import { readConfig } from "./config.ts";
import type { CallStory, CallSummary } from "./protocol/call-story.ts";
import { withMaskedNumbers } from "./records/mask.ts";
import { pcapOf } from "./records/pcap/pcap.ts";
import { sameCause } from "./records/same-cause.ts";
import { StoryFiles } from "./records/story-files.ts";
import { coloured, plain } from "./records/text/paint.ts";
import { listText, storyText, type TextOptions } from "./records/text/story-text.ts";
import { summaryOf, viewOf } from "./records/view.ts";

const usage = `Usage: npm run -s call -- [REFERENCE] [options]

Without a reference: the last calls with their verdicts. With one: its story.

  --json             as JSON
  --pcap FILE        also write it as a file for Wireshark
  --details          headers and descriptions of each step
  --mask             cover telephone numbers
  --limit N          so many calls in the list (default 20)
  --state-dir DIR    directory of the gateway (default: GATEWAY_STATE_DIR, the configuration file, ./.run)
`;

/** Exit codes: 0 shown, 1 there is no such call, 2 used wrongly. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      pcap: { type: "string" },
      details: { type: "boolean", default: false },
      mask: { type: "boolean", default: false },
      limit: { type: "string", default: "20" },
      "state-dir": { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return print(usage);
  const { stateDir, records } = stateDirOf(values["state-dir"]);
  const files = new StoryFiles(join(stateDir, "calls"));
  const covered = <T>(value: T): T => (values.mask ? withMaskedNumbers(value) : value);
  const reference = positionals.join("").replace(/\s/g, "").toUpperCase();
  if (reference === "") {
    const calls = covered(await newest(files, Number(values.limit)));
    return print(values.json ? `${JSON.stringify(calls, undefined, 2)}\n` : listText(calls, terminal(false)));
  }
  const story = await files.read(reference);
  if (!story) return complain(`No call ${reference} is kept in ${files.folder}.`);
  if (values.pcap !== undefined) writeFileSync(values.pcap, pcapOf(covered(story)), { mode: 0o600 });
  const sameCauseToday = sameCause(summaryOf(story), await newest(files, Infinity));
  const view = covered({ ...viewOf(story, { sameCauseToday, keptDays: records.keep }), masked: values.mask });
  return print(
    values.json
      ? `${JSON.stringify(view, undefined, 2)}\n`
      : storyText(view satisfies CallStory, terminal(values.details)),
  );
}

function stateDirOf(given: string | undefined): { stateDir: string; records: { keep: number } } {
  const { stateDir, records } = readConfig();
  return { stateDir: given ?? stateDir, records };
}

async function newest(files: StoryFiles, limit: number): Promise<CallSummary[]> {
  const found: CallSummary[] = [];
  for (const day of (await files.days()).reverse()) {
    if (found.length >= limit) break;
    for (const { day: _day, bytes: _bytes, ...summary } of (await files.index(day)).reverse()) found.push(summary);
  }
  return found.slice(0, limit);
}

/** As wide as the terminal; in a pipe as wide as a ticket. */
function terminal(details: boolean): TextOptions {
  const { stdout } = process;
  const colours = stdout.isTTY && stdout.hasColors();
  return { width: Math.min(stdout.columns ?? 110, 160), paint: colours ? coloured : plain, details };
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

function complain(text: string): number {
  process.stderr.write(`${text}\n`);
  return 1;
}

main().then(
  (code) => (process.exitCode = code),
  (fault: unknown) => {
    process.stderr.write(`${messageOf(fault)}\n\n${usage}`);
    process.exitCode = 2;
  },
);
