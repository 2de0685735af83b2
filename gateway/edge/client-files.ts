import type { HttpRoutes } from "./http-routes.ts";
import { publicFiles } from "./public-files.ts";

/** The library in this gateway's version, for other people's pages, and each file's type. */
const types: Readonly<Record<string, string>> = {
  "client.js": "text/javascript; charset=utf-8",
  "elements.js": "text/javascript; charset=utf-8",
  "simulate.js": "text/javascript; charset=utf-8",
  "apirtc.js": "text/javascript; charset=utf-8",
  "push.js": "text/javascript; charset=utf-8",
  "whiteboard.js": "text/javascript; charset=utf-8",
  "client.d.ts": "text/plain; charset=utf-8",
  "client.tgz": "application/gzip",
};

/** Serves what `npm run build` put into `folder`. */
export function clientFiles(folder: string): HttpRoutes {
  return publicFiles({ folder, at: "/", types, absent: "The library is not built. Run: npm run build" });
}
