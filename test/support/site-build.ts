import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "vite";
import { builtLibrary } from "./other-site.ts";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/** The package as a stranger gets it from the gateway, not its sources. */
const alias = ["elements", "simulate"]
  .map((entry) => ({ find: `@offhook/client/${entry}`, replacement: join(builtLibrary, `package/${entry}.js`) }))
  .concat({ find: "@offhook/client", replacement: join(builtLibrary, "package/client.js") });

/** Builds a Vite project of the examples with `change` made to its sources; the folder with the result. */
export async function builtSite(project: string, change: (text: string) => string): Promise<string> {
  const out = mkdtempSync(join(tmpdir(), "offhook-site-"));
  await build({
    root: join(root, project),
    logLevel: "error",
    resolve: { alias },
    plugins: [changed(change)],
    build: { outDir: out, emptyOutDir: true, minify: false, modulePreload: { polyfill: false } },
  });
  return out;
}

/** Builds a program of the documentation into one script. */
export async function builtProgram(name: string, program: string): Promise<string> {
  const entry = join(root, `documented/${name}`);
  const result = await build({
    configFile: false,
    root,
    logLevel: "error",
    resolve: { alias },
    plugins: [
      {
        name: "documented",
        resolveId: (id) => (id === entry ? id : null),
        load: (id) => (id === entry ? program : null),
      },
    ],
    build: { write: false, minify: false, target: "es2022", rollupOptions: { input: entry } },
  });
  const [output] = (Array.isArray(result) ? result : [result]) as { output: { code: string }[] }[];
  return output?.output[0]?.code ?? "";
}

const changed = (change: (text: string) => string): Plugin => ({
  name: "changed",
  enforce: "pre",
  transform: (code, id) => (id.includes("node_modules") || id.startsWith(builtLibrary) ? null : change(code)),
});
