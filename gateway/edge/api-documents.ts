import type { HttpRoutes } from "./http-routes.ts";
import { publicFiles } from "./public-files.ts";

const types: Readonly<Record<string, string>> = {
  "openapi.json": "application/json; charset=utf-8",
  "asyncapi.json": "application/json; charset=utf-8",
};

/** `/api/openapi.json` describes REST, `/api/asyncapi.json` the frames; `npm run docs` puts both into `folder`. */
export function apiDocuments(folder: string): HttpRoutes {
  return publicFiles({ folder, at: "/api/", types, absent: "The document is not there. Run: npm run docs" });
}
