import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFlags } from "../../gateway/flags.mjs";
import type { Island } from "./netns.ts";
import { Program } from "./program.ts";
import { browsers, Visitor, type BrowserName, type VisitorOptions } from "./visitor.ts";

/** What a start has printed, and who looks at its page. */
export interface Scene {
  readonly text: string;
  readonly visitors: Readonly<Record<BrowserName, Visitor>>;
}

/** `npm start` in networks of its own, and people with browsers there. `close` undoes all of it, the last first. */
export class StartRig {
  readonly stateDir = mkdtempSync(join(tmpdir(), "offhook-state-"));
  readonly #undo: (() => unknown)[] = [() => rmSync(this.stateDir, { recursive: true })];

  later(undo: () => unknown): void {
    this.#undo.push(undo);
  }

  opened<T extends { close(): unknown }>(one: T): T {
    this.later(() => one.close());
    return one;
  }

  /** What start.mjs does after it has installed and built, for which there is no network here. */
  run(island: Island, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Program {
    const flags = readFlags(args);
    if (flags.fault !== undefined) throw new Error(flags.fault);
    return Program.start("gateway/main.ts", {
      prefix: island.prefix,
      env: { GATEWAY_STATE_DIR: this.stateDir, ...flags.settings, ...env },
    });
  }

  /** The same, until all of it runs; returns what it has printed. */
  async start(island: Island, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<string> {
    const program = this.run(island, args, env);
    await program.printed(/Stop {9}Ctrl-C/, 80_000);
    this.later(async () => {
      program.interrupt();
      assert.equal(await program.exited(), 0, program.output);
    });
    return program.output;
  }

  /** The same, with both browsers in `at`, all opened at once. */
  async startWith(at: Island, toneHz: number, started: Promise<string>): Promise<Scene> {
    const visits = browsers.map(async (name) => [name, await this.visit({ name, island: at, toneHz })] as const);
    const [text, ...opened] = await Promise.all([started, ...visits]);
    return { text, visitors: Object.fromEntries(opened) as Scene["visitors"] };
  }

  async visit(options: VisitorOptions): Promise<Visitor> {
    return this.opened(await Visitor.open(options));
  }

  async close(): Promise<void> {
    for (const step of this.#undo.splice(0).reverse()) await step();
  }
}

/** The link that signs `user` in, as it was printed. */
export function linkOf(user: string, text: string): string {
  const link = new RegExp(`${user}@\\S+ +(https:\\S+#code=\\S+)`).exec(text)?.[1];
  if (!link) throw new Error(`no link for ${user} in ${text}`);
  return link;
}
