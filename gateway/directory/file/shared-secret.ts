import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomToken, uuid } from "../../base/ids.ts";

const name = ".secret";

/** A secret that all have who share the folder: whoever comes first makes it, whole at once. */
export function sharedSecret(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, name);
  const own = `${path}.${uuid()}`;
  writeFileSync(own, randomToken(32), { mode: 0o600 });
  try {
    linkSync(own, path);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== "EEXIST") throw fault;
  } finally {
    rmSync(own);
  }
  return readFileSync(path, "utf8");
}
