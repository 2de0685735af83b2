import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(fileURLToPath(import.meta.url), "../../../..");
const git = (...args: readonly string[]): string => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();

/** The newest tag of a release, or what `OFFHOOK_TEST_PREVIOUS` names; undefined when this is no clone with one. */
export function previousRelease(): string | undefined {
  const named = process.env["OFFHOOK_TEST_PREVIOUS"];
  if (named) return named;
  try {
    return git("tag", "--list", "v*", "--sort=-version:refname").split("\n")[0] || undefined;
  } catch {
    return undefined;
  }
}

/** Builds the gateway of `ref`, with the packages of this one. `entry`: as `TestGateway` takes it. */
export async function buildOfRef(ref: string): Promise<{ readonly entry: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), "offhook-release-"));
  execFileSync("sh", ["-c", `git archive ${git("rev-parse", ref)} | tar -x -C ${folder}`], { cwd: root });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  execFileSync(join(root, "node_modules/.bin/tsc"), ["-p", "tsconfig.build.json"], { cwd: folder });
  return {
    entry: relative(root, join(folder, "dist/gateway/main.js")),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
