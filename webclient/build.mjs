// Builds what other people's pages load: one file each for session and calls, elements, whiteboard, Web Push, simulation
// and the old style, their types, and the npm package with all of it: /client.js, /elements.js and so on, /client.d.ts,
// /client.tgz.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";
import { writeDeclarations } from "./declarations.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const out = join(root, "dist/client");
const staged = join(out, "package");
const declarations = join(out, "declarations");

/** Entry points by the name of their file. */
const entries = {
  client: "index",
  elements: "elements/index",
  simulate: "simulate/index",
  whiteboard: "whiteboard/index",
  apirtc: "apirtc/index",
  push: "push/index",
};
const names = Object.keys(entries);

/** For pages as they were written before modules: a script that holds the library too, and makes globals. */
const classic = { apirtc: "apirtc/global" };

/** An entry point that another one uses stays a file of its own, so that a page has one library. */
function siblings(name, folder, held = []) {
  const files = Object.fromEntries(
    Object.entries(entries)
      .filter(([other]) => other !== name && !held.includes(other))
      .flatMap(([other, path]) => [".ts", ".js", ".d.ts"].map((end) => [join(folder, path + end), `./${other}.js`])),
  );
  return {
    name: "siblings",
    resolveId(id, importer) {
      const file = importer && id.startsWith(".") ? files[join(dirname(importer), id)] : undefined;
      return file && { id: file, external: true };
    },
  };
}

/** For pages: small, and whole. */
const forPages = { to: out, minify: true, external: [] };
/** For npm: readable, and with Lit as a dependency, whose form for servers lets these import the elements. */
const forNpm = { to: staged, minify: false, external: ["lit"] };

async function script(name, { to, minify, external }) {
  const plain = to === out ? classic[name] : undefined;
  const bundle = await rolldown({
    input: join(here, `${plain ?? entries[name]}.ts`),
    platform: "browser",
    plugins: [siblings(name, here, plain ? ["client"] : [])],
    external,
    // What is no module has no address of its own; the script asks the document for it.
    ...(plain && { transform: { define: { "import.meta.url": '""' } } }),
  });
  await bundle.write({ file: join(to, `${name}.js`), format: plain ? "iife" : "es", minify });
}

/** The client's types are whole in themselves; the others refer to them. */
async function types(name) {
  const from = join(declarations, "webclient");
  const bundle = await rolldown({
    input: { [name]: join(from, `${entries[name]}.d.ts`) },
    plugins: [...(name === "client" ? [] : [siblings(name, from)]), dts({ dtsInput: true, tsconfig: false })],
  });
  const { output } = await bundle.generate({ format: "es", entryFileNames: "[name].d.ts" });
  for (const { fileName, code } of output) writeFileSync(join(staged, fileName), code.replaceAll(/^\/\/ .*\n/gm, ""));
}

function packageFile() {
  const { version, engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const { name, description, license, type, keywords, dependencies } = JSON.parse(
    readFileSync(join(here, "package.json"), "utf8"),
  );
  const entry = (file) => ({ types: `./${file}.d.ts`, default: `./${file}.js` });
  return {
    name,
    version,
    description,
    keywords,
    license,
    type,
    engines,
    sideEffects: ["./elements.js"],
    dependencies: { lit: dependencies.lit },
    exports: Object.fromEntries(names.map((name) => [name === "client" ? "." : `./${name}`, entry(name)])),
  };
}

function pack() {
  writeFileSync(join(staged, "package.json"), `${JSON.stringify(packageFile(), null, 2)}\n`);
  const readme = readFileSync(join(here, "README.md"), "utf8");
  writeFileSync(join(staged, "README.md"), readme.replaceAll("../docs/errors.md", "ERRORS.md"));
  copyFileSync(join(root, "docs/errors.md"), join(staged, "ERRORS.md"));
  copyFileSync(join(root, "LICENSE"), join(staged, "LICENSE"));
  const { status, stdout, stderr } = spawnSync(
    "npm",
    ["pack", "--silent", "--ignore-scripts", "--pack-destination", out],
    {
      cwd: staged,
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(`npm pack: ${stderr}`);
  renameSync(join(out, stdout.trim()), join(out, "client.tgz"));
}

rmSync(out, { recursive: true, force: true });
mkdirSync(staged, { recursive: true });
writeDeclarations(
  Object.values(entries).map((path) => join(here, `${path}.ts`)),
  declarations,
);
await Promise.all(names.flatMap((name) => [script(name, forPages), script(name, forNpm), types(name)]));
rmSync(declarations, { recursive: true });
for (const name of names) copyFileSync(join(staged, `${name}.d.ts`), join(out, `${name}.d.ts`));
pack();
