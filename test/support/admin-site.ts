import { createReadStream, existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import type { CallList, CallStory } from "../../gateway/protocol/call-story.ts";
import { withMaskedNumbers } from "../../gateway/records/mask.ts";
import { summaryOf, viewOf } from "../../gateway/records/view.ts";
import { sampleAttempt, sampleLegs, sampleStory, startedAt } from "./story-sample.ts";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const built = join(root, "dist/page/admin");
const types: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

const oneWay = sampleStory({ callee: { packets: 0 }, address: "10.20.0.4", report: { mos: 4.1, loss: 0.001 } });
const stories = [
  oneWay,
  { ...sampleStory(), reference: "M4XH2R", startedAt: startedAt - 60_000 },
  { ...sampleAttempt("password", 403), startedAt: startedAt - 90_000 },
  {
    ...sampleStory({
      cause: { code: "busy", sip: 486 },
      by: "callee",
      connected: false,
      legs: [sampleLegs.browser, sampleLegs.phone],
    }),
    reference: "PW8N3D",
    to: "carol@a.example",
    startedAt: startedAt - 7_200_000,
  },
  {
    ...sampleStory({ callee: { packets: 1700, lossPercent: 11 } }),
    reference: "Z2VVKQ",
    startedAt: startedAt - 86_400_000,
  },
];
const around = {
  sameCauseToday: { calls: 14, firstAt: startedAt - 900_000, networks: [{ name: "B", calls: 14 }] },
  keptDays: 14,
};

/** What support sees of them. */
const views = new Map<string, CallStory>(
  stories.map((story) => [story.reference, withMaskedNumbers({ ...viewOf(story, around), masked: true })]),
);
const list: CallList = { calls: stories.map((story) => withMaskedNumbers(summaryOf(story))), more: true };

/** The admin pages, with calls that were never made. */
export class AdminSite {
  readonly url: string;
  /** What every request for stories is answered with instead. */
  status = 200;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://localhost:${(server.address() as AddressInfo).port}`;
  }

  static async open(): Promise<AdminSite> {
    await build({ root: join(root, "webclient/page/admin"), logLevel: "error" });
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const site = new AdminSite(server);
    server.on("request", ({ url = "/" }, reply) => {
      const path = url.replace(/\?.*$/, "");
      if (path.startsWith("/api/calls")) {
        const [, reference] = /^\/api\/calls\/(.+)/.exec(path) ?? [];
        const value = reference === undefined ? list : views.get(reference);
        reply.writeHead(value ? site.status : 404, { "content-type": "application/json" });
        return reply.end(JSON.stringify(value ?? {}));
      }
      const file = path.startsWith("/admin/calls")
        ? join(built, "index.html")
        : join(built, path.replace(/^\/admin/, ""));
      if (!file.startsWith(built) || !existsSync(file)) return reply.writeHead(404).end();
      reply.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" });
      return createReadStream(file).pipe(reply);
    });
    return site;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((closed) => void this.#server.close(() => closed()));
  }
}
