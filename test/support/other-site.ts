import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/** The library as `npm run build` made it. */
export const builtLibrary = join(root, "dist/client");

/** A file of somebody else's site. */
export interface SiteFile {
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const types: Readonly<Record<string, string>> = { js: "text/javascript", html: "text/html", css: "text/css" };
const typeOf = (path: string): string => types[path.split(".").at(-1) ?? ""] ?? "text/html";

/** Answers all requests to `http://localhost/` from `files`, and from the built library for the rest. */
export async function serveSite(page: Page, files: Readonly<Record<string, SiteFile>>): Promise<void> {
  await page.route("http://localhost/**", (route) => {
    const { pathname } = new URL(route.request().url());
    const file = files[pathname] ?? libraryFile(pathname);
    if (!file) return route.fulfill({ status: 404 });
    return route.fulfill({ contentType: typeOf(pathname), headers: { ...file.headers }, body: file.body });
  });
}

function libraryFile(path: string): SiteFile | undefined {
  return /^\/(client|elements|simulate)\.js$/.test(path)
    ? { body: readFileSync(join(builtLibrary, path), "utf8") }
    : undefined;
}
