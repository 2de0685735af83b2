import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";
import { version } from "../../../gateway/compose/version.ts";
import { configurationPage } from "../configuration-page.ts";
import { pathOfPage } from "../written-page.ts";
import { asyncApi } from "./async-api.ts";
import { framesOf } from "./frames.ts";
import { framesPage } from "./frames-page.ts";
import { libraryPage } from "./library-page.ts";
import { openApi } from "./open-api.ts";
import { restPage } from "./rest-page.ts";
import { TypeReader } from "./type-reader.ts";

/** Each generated file of `docs/`, as it should be. */
export async function generatedPages(): Promise<Readonly<Record<string, string>>> {
  const types = await TypeReader.open();
  const frames = framesOf(types);
  const asynchronous = [asyncApi(frames, types, version), framesPage(frames, types)] as const;
  types.forget();
  const [page, document] = [restPage(types), openApi(types, version)];
  return {
    "configuration.md": await configurationPage(),
    "asyncapi.json": await formatted("asyncapi.json", JSON.stringify(asynchronous[0])),
    "frames.md": await formatted("frames.md", asynchronous[1]),
    "openapi.json": await formatted("openapi.json", JSON.stringify(document)),
    "rest.md": await formatted("rest.md", page),
    "library.md": await formatted("library.md", libraryPage()),
  };
}

async function formatted(name: string, text: string): Promise<string> {
  const filepath = pathOfPage(name);
  return format(text, { ...(await resolveConfig(filepath)), filepath });
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const [name, text] of Object.entries(await generatedPages())) writeFileSync(pathOfPage(name), text);
