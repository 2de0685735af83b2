// What `npm start` and `npm test` share: looks what is missing, says it, asks once, installs it. Plain JavaScript
// without dependencies, because it runs before `npm ci`.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline/promises";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const policyFile = "/usr/sbin/policy-rc.d";

/** Debian packages by the file that shows that one is there: a program's name, or a path. */
export const packages = {
  relay: { "rtpengine-daemon": "rtpengine" },
  tests: {
    "rtpengine-daemon": "rtpengine",
    chromium: "chromium",
    "firefox-esr": "firefox-esr",
    "baresip-core": "baresip",
    "sip-tester": "sipp",
    kamailio: "kamailio",
    "kamailio-tls-modules": `/usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu/kamailio/modules/tls.so`,
    iproute2: "ip",
    "redis-server": "redis-server",
    tshark: "tshark",
  },
};

export function say(text) {
  process.stdout.write(`${text}\n`);
}

/** Ends with a message and no stack: the reader is a user. */
export function giveUp(text) {
  process.stderr.write(`offhook: ${text}\n`);
  process.exit(1);
}

export function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    giveUp(`Node.js 20.19 or newer is needed; this is ${process.versions.node}.`);
}

/**
 * Installs what is missing: Debian packages, npm packages, the build. Without apt, or when it fails, `optional`
 * packages are named in one line and the rest goes on; others end the program.
 */
export async function prepare({ debian, build, yes, optional = false }) {
  checkNode();
  const missing = Object.entries(debian).flatMap(([name, sign]) => (found(sign) ? [] : [name]));
  const npm = npmIsStale();
  const steps = [
    ...(missing.length > 0 ? [`Debian packages, with apt (no service is started): ${missing.join(" ")}`] : []),
    ...(npm ? ["npm packages, into node_modules"] : []),
  ];
  if (steps.length > 0) await agree(steps, yes);
  if (missing.length > 0) installDebian(missing, optional);
  if (npm) installNpm();
  if (build) await buildIfStale();
}

async function agree(steps, yes) {
  say("Offhook needs:");
  for (const step of steps) say(`  - ${step}`);
  if (yes || !process.stdin.isTTY) return;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question("Install now? [Y/n] ");
  terminal.close();
  if (/^n/i.test(answer.trim())) giveUp("nothing was installed.");
}

function found(sign) {
  if (sign.startsWith("/")) return existsSync(sign);
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/bin"];
  return folders.some((folder) => isProgram(join(folder, sign)));
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** apt as root, or through sudo; nothing that it installs may start a service (policy-rc.d, exit code 101). */
function installDebian(names, optional) {
  const line = `apt-get install --no-install-recommends ${names.join(" ")}`;
  const fail = (why) =>
    optional ? say(`  ${why}: install with  ${line}`) : giveUp(`${why}. Install these and start again:  ${line}`);
  if (!found("apt-get")) return fail("There is no apt here");
  const asRoot = process.getuid?.() === 0 ? [] : ["sudo"];
  if (asRoot.length > 0 && !found("sudo")) return fail("apt needs root, and there is no sudo");
  say(`Installing Debian packages: ${names.join(" ")} …`);
  const script = [
    `[ -e ${policyFile} ] || { printf '#!/bin/sh\\nexit 101\\n' > ${policyFile} && chmod +x ${policyFile} && made=1; }`,
    "export DEBIAN_FRONTEND=noninteractive",
    `apt-get -qq update; apt-get -qq -y install --no-install-recommends ${names.join(" ")}; code=$?`,
    `[ -z "$made" ] || rm -f ${policyFile}`,
    "exit $code",
  ].join("\n");
  const [command, ...args] = [...asRoot, "sh", "-c", script];
  const { status } = spawnSync(command, args, { stdio: ["inherit", "ignore", "inherit"] });
  if (status !== 0) fail("apt could not install everything");
}

const npmStamp = () => join(root, "node_modules", ".offhook-lock");

function npmIsStale() {
  return stampOf(npmStamp()) !== lockHash();
}

function installNpm() {
  say("Installing npm packages …");
  const { status } = spawnSync("npm", ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) giveUp("npm could not install the packages: see above.");
  writeFileSync(npmStamp(), lockHash());
}

const lockHash = () =>
  createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");

async function buildIfStale() {
  const stamp = join(root, "dist", ".sources");
  const now = sourcesHash();
  if (stampOf(stamp) === now) return;
  say("Building …");
  rmSync(join(root, "dist"), { recursive: true, force: true });
  const { status } = spawnSync("npm", ["run", "-s", "build"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) giveUp("the build failed: see above.");
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, now);
}

function stampOf(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/** Changes whenever a source file does. */
function sourcesHash() {
  const hash = createHash("sha256").update(lockHash());
  for (const folder of ["gateway", "webclient"]) hashFolder(join(root, folder), hash);
  for (const file of ["tsconfig.json", "tsconfig.build.json"]) hash.update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

function hashFolder(folder, hash) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name === "node_modules" || entry.name === "dist") continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) hashFolder(path, hash);
    else hash.update(path).update(readFileSync(path));
  }
}
