import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Where a file of `docs/` is. */
export const pathOfPage = (name: string): string => fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));

/** A file of `docs/` as it is. */
export const writtenPage = (name: string): string => readFileSync(pathOfPage(name), "utf8");
