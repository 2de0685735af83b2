import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { CallList, CallStory } from "../../gateway/protocol/call-story.ts";
import { domain, type TestGateway } from "./gateway.ts";
import { until } from "./until.ts";

/** Not in step: while a test waits for a program, its pages must go on answering pings. */
export const run = promisify(execFile);

/** What `npm run call` prints. */
export async function showCall(stateDir: string, ...args: string[]): Promise<string> {
  const program = ["--import", "tsx", "gateway/show-call.ts", "--state-dir", stateDir, ...args];
  return (await run(process.execPath, program)).stdout;
}

/** Accounts for `TestGateway` that may read stories. */
export const readers = [
  { user: `olga@${domain}`, name: "Olga", role: "operator" },
  { user: `sam@${domain}`, name: "Sam", role: "support" },
] as const;

/** Somebody who reads call stories over HTTP. */
export class StoryReader {
  readonly #gateway: TestGateway;
  readonly #token: string;

  private constructor(gateway: TestGateway, token: string) {
    this.#gateway = gateway;
    this.#token = token;
  }

  /** Signs in by the development sign-in. */
  static async open(gateway: TestGateway, name: string): Promise<StoryReader> {
    const response = await fetch(`${gateway.url}/api/sign-in`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ user: `${name}@${domain}` }),
    });
    assert.equal(response.status, 200, await response.clone().text());
    const { token } = (await response.json()) as { token: string };
    gateway.secrets.add(token);
    return new StoryReader(gateway, token);
  }

  /** With a token that somebody else made. */
  static with(gateway: TestGateway, token: string): StoryReader {
    return new StoryReader(gateway, token);
  }

  get(path: string): Promise<Response> {
    return fetch(`${this.#gateway.url}${path}`, { headers: { authorization: `Bearer ${this.#token}` } });
  }

  async story(reference: string): Promise<CallStory> {
    const response = await this.get(`/api/calls/${reference}`);
    assert.equal(response.status, 200, `${reference}: ${await response.clone().text()}`);
    return (await response.json()) as CallStory;
  }

  async list(query = ""): Promise<CallList> {
    return (await (await this.get(`/api/calls${query}`)).json()) as CallList;
  }

  /** The story, once it has this verdict: the relay's last word comes a moment after the call's end. */
  async verdict(reference: string, code: string): Promise<CallStory> {
    let story: CallStory | undefined;
    const fits = async (): Promise<boolean> => (story = await this.story(reference)).verdict.code === code;
    await until(`verdict ${code}`, fits, 4000).catch(() => {});
    assert.ok(story);
    assert.equal(
      story.verdict.code,
      code,
      `${story.verdict.title}: ${story.verdict.text} (${JSON.stringify(story.outcome)})`,
    );
    return story;
  }

  /** The newest story that has this verdict, other than `known`. */
  async newest(code: string, withinMs = 4000, known: ReadonlySet<string> = new Set()): Promise<CallStory> {
    let seen: CallList["calls"] = [];
    const look = async () => {
      seen = (await this.list()).calls.filter(({ reference }) => !known.has(reference));
      return seen.find(({ verdict }) => verdict.code === code);
    };
    const found = await until(`a story with the verdict ${code}`, look, withinMs).catch(() => undefined);
    assert.ok(found, `no ${code}, but ${JSON.stringify(seen.slice(0, 3))}`);
    return this.story(found.reference);
  }
}

/** The text of every story that the gateway has written. */
export function storyFiles({ stateDir }: TestGateway): string {
  const folder = join(stateDir, "calls");
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return names.map(({ parentPath, name }) => readFileSync(join(parentPath, name), "utf8")).join("\n");
}
