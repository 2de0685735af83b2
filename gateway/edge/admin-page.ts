import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { HttpRoutes } from "./http-routes.ts";

/** The pages of support, out of `pageDir`: what they show comes from routes that ask who reads. */
export function adminPage(pageDir: string): HttpRoutes {
  const file = join(pageDir, "admin/index.html");
  return (app) => {
    app.get("/admin", async (_request, reply) => reply.redirect("/admin/calls"));
    for (const path of ["/admin/calls", "/admin/calls/:reference"])
      app.get(path, async (_request, reply) => {
        reply.header("cache-control", "no-cache");
        if (!existsSync(file))
          return reply.code(503).type("text/plain").send("The page is not built. Run: npm run build\n");
        return reply.type("text/html; charset=utf-8").send(readFileSync(file));
      });
  };
}
