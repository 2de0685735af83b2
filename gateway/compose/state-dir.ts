import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { CodedError } from "../base/errors.ts";
import { randomToken } from "../base/ids.ts";
import { isRecord, parseJson } from "../base/json.ts";
import { isRunning, markOf, type ProcessMark } from "../base/process.ts";

/** Another gateway that runs uses the directory. */
export class StateDirError extends CodedError<"in-use"> {}

/** The gateway's directory of pid, port and secret files: everything in it mode 0600, the directory 0700. */
export class StateDir {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Takes the directory for this process. @throws StateDirError */
  static open(path: string): StateDir {
    const dir = new StateDir(resolve(path));
    mkdirSync(dir.path, { recursive: true, mode: 0o700 });
    chmodSync(dir.path, 0o700);
    const other = dir.readMark("gateway.json");
    if (other && isRunning(other) && other.pid !== process.pid) {
      throw new StateDirError(
        "in-use",
        `the gateway with pid ${other.pid} uses ${dir.path}: stop it, or set GATEWAY_STATE_DIR`,
      );
    }
    dir.write("gateway.json", JSON.stringify(markOf(process.pid)));
    return dir;
  }

  /** Looks at the directory and leaves it to whom it belongs. */
  static peek(path: string): StateDir {
    return new StateDir(resolve(path));
  }

  file(name: string): string {
    return join(this.path, name);
  }

  read(name: string): string | undefined {
    return existsSync(this.file(name)) ? readFileSync(this.file(name), "utf8") : undefined;
  }

  /** Writes all or nothing. */
  write(name: string, text: string): void {
    const temporary = `${this.file(name)}.new`;
    writeFileSync(temporary, text, { mode: 0o600 });
    renameSync(temporary, this.file(name));
  }

  remove(name: string): void {
    rmSync(this.file(name), { force: true });
  }

  /** A secret that is made once and kept. */
  secret(name: string): string {
    const known = this.read(name)?.trim();
    if (known) return known;
    const made = randomToken(24);
    this.write(name, made);
    return made;
  }

  /** The process that a file names. */
  readMark(name: string): (ProcessMark & Record<string, unknown>) | undefined {
    const text = this.read(name);
    try {
      return text === undefined ? undefined : parseJson(text, isMark);
    } catch {
      return undefined;
    }
  }
}

function isMark(value: unknown): value is ProcessMark & Record<string, unknown> {
  return isRecord(value) && typeof value.pid === "number" && typeof value.startTime === "string";
}
