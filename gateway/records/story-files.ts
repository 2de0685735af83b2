import { appendFile, mkdir, readdir, readFile, rm, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isRecord, parseJson } from "../base/json.ts";
import type { CallSummary } from "../protocol/call-story.ts";
import { isStory, type Story } from "./story.ts";

/** A line of a day's index. */
export interface KeptStory extends CallSummary {
  /** `YYYY-MM-DD`, in UTC. */
  readonly day: string;
  readonly bytes: number;
}

const indexName = "index.jsonl";

export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Stories as files: `folder/YYYY-MM-DD/REFERENCE.json`, mode 0600, and an index of each day beside them. */
export class StoryFiles {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Writes stories of one day. Rejects with the system's error; those before it are written. */
  async write(day: string, stories: readonly { readonly kept: KeptStory; readonly text: string }[]): Promise<void> {
    const folder = join(this.folder, day);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const { kept, text } of stories)
      await writeFile(join(folder, `${kept.reference}.json`), text, { mode: 0o600 });
    const lines = stories.map(({ kept }) => `${JSON.stringify(kept)}\n`);
    await appendFile(join(folder, indexName), lines.join(""), { mode: 0o600 });
  }

  /** Undefined when there is none, or its file cannot be read. */
  async read(reference: string): Promise<Story | undefined> {
    if (!/^[0-9A-Z]{4,12}$/.test(reference)) return undefined;
    for (const day of (await this.days()).reverse()) {
      const text = await textOf(join(this.folder, day, `${reference}.json`));
      if (text !== undefined) return storyIn(text);
    }
    return undefined;
  }

  /** Days that have stories, oldest first. */
  async days(): Promise<string[]> {
    const names = await readdir(this.folder).catch(() => []);
    return names.filter((name) => /^\d{4}-\d\d-\d\d$/.test(name)).sort();
  }

  /** The stories of a day as they ended; those that its index lost are found by their files. */
  async index(day: string): Promise<KeptStory[]> {
    const folder = join(this.folder, day);
    const names = new Set(
      (await readdir(folder).catch(() => [])).flatMap((name) => /^([0-9A-Z]+)\.json$/.exec(name)?.[1] ?? []),
    );
    const text = (await textOf(join(folder, indexName))) ?? "";
    const lines = text.split("\n").flatMap((line) => keptIn(line) ?? []);
    const known = lines.filter(({ reference }) => names.delete(reference));
    const lost = await Promise.all([...names].map((reference) => lostStory(folder, day, reference)));
    return [...lost, ...known];
  }

  async remove({ day, reference }: Pick<KeptStory, "day" | "reference">): Promise<void> {
    await unlink(join(this.folder, day, `${reference}.json`)).catch(() => {});
  }

  async removeDay(day: string): Promise<void> {
    await rm(join(this.folder, day), { recursive: true, force: true });
  }
}

const textOf = (file: string): Promise<string | undefined> => readFile(file, "utf8").catch(() => undefined);

function storyIn(text: string): Story | undefined {
  try {
    return parseJson(text, isStory);
  } catch {
    return undefined;
  }
}

function keptIn(line: string): KeptStory | undefined {
  try {
    return line === "" ? undefined : parseJson(line, isKept);
  } catch {
    return undefined;
  }
}

function isKept(value: unknown): value is KeptStory {
  return isRecord(value) && typeof value["reference"] === "string" && isRecord(value["verdict"]);
}

async function lostStory(folder: string, day: string, reference: string): Promise<KeptStory> {
  const { size, mtimeMs } = await stat(join(folder, `${reference}.json`)).catch(() => ({ size: 0, mtimeMs: 0 }));
  const verdict = { code: "unknown", severity: "note", title: "Not in the index" } as const;
  return { reference, at: mtimeMs, from: "", to: "", durationMs: 0, running: false, verdict, day, bytes: size };
}
