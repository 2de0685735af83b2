import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

/** The gateway that `vite page` (development) talks to. */
const gateway = "http://127.0.0.1:8080";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** What the page needs at once or soon; fonts of other scripts are fetched when they are met. */
const belongsToShell = (file) => !/service-worker|\.map$/.test(file) && !/\.woff2?$/.test(file);
const latin = /inter-latin-wght.*\.woff2$/;

/** Tells the service worker which files the build made: another list makes another worker. */
const shellFiles = {
  name: "shell-files",
  generateBundle(_options, bundle) {
    const made = Object.keys(bundle).filter(
      (file) => latin.test(file) || (belongsToShell(file) && file !== "index.html"),
    );
    const files = [...made, ...readdirSync(here("public"))].sort();
    const version = createHash("sha256").update(files.join("\n")).digest("hex").slice(0, 12);
    const worker = bundle["service-worker.js"];
    if (worker)
      worker.code = worker.code
        .replaceAll("SHELL_FILES", JSON.stringify(files))
        .replaceAll("SHELL_VERSION", JSON.stringify(version));
  },
};

export default defineConfig({
  base: "./",
  plugins: [shellFiles],
  build: {
    outDir: "../../dist/page",
    emptyOutDir: true,
    target: "es2022",
    // Nothing inline: the gateway's policy allows scripts and fonts of its own origin only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { page: here("index.html"), "service-worker": here("service-worker.ts") },
      output: {
        // A service worker keeps its name and the place that it serves.
        entryFileNames: ({ name }) => (name === "service-worker" ? "[name].js" : "assets/[name]-[hash].js"),
      },
    },
  },
  server: { proxy: { "/api": gateway, "/auth": gateway, "/ws": { target: gateway, ws: true } } },
});
