// npm test: installs the programs that the tests run against, then runs every suite and closes with one line of
// counts. `npm test -- NAME…` runs the named suites only.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { packages, prepare, root, say } from "../gateway/setup.mjs";

const suites = {
  unit: ["test/layers.test.ts", "test/unit/**/*.test.ts"],
  contract: ["test/contract/**/*.test.ts", "test/fuzz/**/*.test.ts"],
  interop: ["test/interop/**/*.test.ts"],
  flows: ["test/flows/**/*.test.ts"],
  browser: ["test/browser/**/*.test.ts"],
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in suites));
if (unknown.length > 0) {
  process.stderr.write(`There is no suite ${unknown[0]}. Suites: ${Object.keys(suites).join(", ")}\n`);
  process.exit(2);
}

await prepare({ debian: packages.tests, build: true, yes: true });
const folder = join(root, "test-output");
mkdirSync(folder, { recursive: true });

/**
 * Suites that mostly wait go beside each other: two lanes, for two cores. The second lane is shown suite by suite.
 * Nobody waits for CI: there they go one after another.
 */
const inTurn = process.env.CI === "true";
const lanes = inTurn ? [Object.keys(suites), []] : [["unit", "contract", "interop", "browser"], ["flows"]];

const totals = { passes: 0, failures: 0, pending: 0 };
const failed = [];
const stories = [];
const chosen = wanted.length > 0 ? wanted : Object.keys(suites);
const [shown, beside] = lanes.map((lane) => chosen.filter((name) => lane.includes(name)));
const waiting = [];
const aside = shown.length > 0 ? besides(beside) : undefined;
for (const name of aside ? shown : beside) {
  say(`\n== ${name}`);
  close(await run(name, "inherit"));
  for (const result of waiting.splice(0)) close(result);
}
await aside;
for (const result of waiting.splice(0)) close(result);
// Whoever reads only the end of a long log finds here what failed.
for (const { suite, title, error } of stories) say(`\n${suite}: ${title}\n${error.replace(/^/gm, "    ")}`);
say(`\n${totals.passes} passed, ${totals.failures} failed, ${totals.pending} skipped`);
process.exit(failed.length > 0 ? 1 : 0);

async function besides(names) {
  for (const name of names) {
    say(`== ${name} begins beside the others; what it prints comes when it has ended`);
    waiting.push(await run(name, "pipe"));
  }
}

/** Prints what is left to print of a suite, and counts it. */
function close({ name, code, counts, seconds, text }) {
  if (text !== "") say(`\n== ${name}\n${text}`);
  for (const key of Object.keys(totals)) totals[key] += counts[key];
  if (counts.failures > 0 || code !== 0) failed.push(name);
  stories.push(...(counts.failed ?? []).map((story) => ({ suite: name, ...story })));
  // A suite that died before it could count is a failure, whatever it printed.
  if (code !== 0 && counts.failures === 0) {
    totals.failures += 1;
    stories.push({ suite: name, title: "ended before it could count", error: `exit code ${code}` });
  }
  say(`== ${name}: ${counts.passes} passed, ${counts.failures} failed, ${counts.pending} skipped in ${seconds} s`);
}

function run(name, output) {
  const started = Date.now();
  const report = join(folder, `${name}.json`);
  rmSync(report, { force: true });
  const reporter = ["--reporter", join(root, "test/support/reporter.cjs"), "--reporter-option", `output=${report}`];
  // Unit tests must end by themselves; what a failed test leaves of real programs must not hold up the rest.
  if (name !== "unit") reporter.push("--exit");
  const child = spawn(process.execPath, [join(root, "node_modules/mocha/bin/mocha.js"), ...reporter, ...suites[name]], {
    cwd: root,
    env: { ...process.env, OFFHOOK_TEST_BUILT: "yes" },
    stdio: ["inherit", output, output],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (data) => (text += data));
  return new Promise((resolve) => {
    child.on("close", (code) => {
      const counts = existsSync(report)
        ? JSON.parse(readFileSync(report, "utf8"))
        : { passes: 0, failures: 0, pending: 0 };
      resolve({ name, code: code ?? 1, counts, seconds: Math.round((Date.now() - started) / 1000), text });
    });
  });
}
