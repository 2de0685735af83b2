import { defineConfig } from "vite";

/** The gateway that `vite page/admin` (development) talks to. */
const gateway = "http://127.0.0.1:8080";

export default defineConfig({
  base: "/admin/",
  build: {
    outDir: "../../../dist/page/admin",
    emptyOutDir: true,
    target: "es2022",
    // Nothing inline: the gateway's policy allows scripts and fonts of its own origin only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { "/api": gateway, "/auth": gateway } },
});
