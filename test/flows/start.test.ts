import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { markOf } from "../../gateway/base/process.ts";
import { Baresip } from "../support/baresip.ts";
import { Chromium, hearsTone } from "../support/chromium.ts";
import { claimPorts, type PortRange } from "../support/ports.ts";
import { Program } from "../support/program.ts";
import { assertTone } from "../support/tone.ts";
import { elapsed } from "../support/until.ts";

const pageHz = 1000;
const phoneHz = 440;

/** A machine on which programs are missing: their files are covered, for this command and what it starts. */
const without = (...programs: readonly string[]): string[] => {
  const covers = programs.map((program) => `[ ! -e ${program} ] || /bin/mount --bind /dev/null ${program}`);
  return ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", `${covers.join("; ")}; exec "$@"`, "sh"];
};

/** `npm start`, as a stranger meets it: what it prints is all that they know. */
describe("npm start", function () {
  this.timeout(90_000);
  let ports: PortRange;
  let stateDir: string;
  let program: Program | undefined;

  before(async () => {
    ports = await claimPorts(399);
    stateDir = mkdtempSync(join(tmpdir(), "offhook-state-"));
  });

  afterEach(async () => {
    program?.interrupt("SIGTERM");
    await program?.exited();
    program = undefined;
  });

  after(async () => {
    await ports?.release();
    rmSync(stateDir, { recursive: true });
  });

  function start(prefix: readonly string[] = [], more: NodeJS.ProcessEnv = {}): Program {
    const env = {
      ...more,
      GATEWAY_STATE_DIR: stateDir,
      GATEWAY_HTTP_PORT: String(ports.first),
      GATEWAY_SIP_PORT: String(ports.first + 1),
      GATEWAY_SIP_ADDRESSES: "127.0.0.1",
      GATEWAY_MEDIA_PORT_MIN: String(ports.first + 100),
      GATEWAY_MEDIA_PORT_MAX: String(ports.last),
    };
    program = Program.start("gateway/start.mjs", { env, args: ["--yes"], prefix });
    return program;
  }

  const printed = async (running: Program): Promise<string> => {
    await running.printed(/Stop {9}Ctrl-C/, 80_000);
    return running.output;
  };

  async function stop(running: Program): Promise<void> {
    const children = readdirSync(stateDir).filter((name) => name.endsWith(".json"));
    const pids = children.map((name) => Number(JSON.parse(readFileSync(join(stateDir, name), "utf8")).pid));
    running.interrupt();
    assert.equal(await running.exited(), 0, running.output);
    // Besides what is kept for people, once there was a call.
    const left = readdirSync(stateDir).filter((name) => name !== "calls" && name !== "people");
    assert.deepEqual(left.sort(), ["gateway.id", "push-keys", "softphone-passwords"]);
    // One that has ended and that init has not collected yet is none.
    for (const pid of pids) assert.equal(markOf(pid), undefined, `process ${pid}`);
  }

  /** The phone calls: Alice signs in by the name that was printed and clicks on Carol. */
  async function callCarol(page: Page, url: string): Promise<void> {
    await page.addInitScript(`
      localStorage.setItem("offhook.clean-voice", "off");
      localStorage.setItem("offhook.checked", "on")`);
    await page.goto(url);
    await page.getByRole("button", { name: /^Alice / }).click();
    await page.getByRole("navigation").getByRole("link", { name: "Contacts" }).click();
    await page.getByRole("button", { name: /^Call Carol/ }).click();
  }

  it("prints what one needs; a softphone registers with it and talks with the page", async () => {
    const running = start();
    const text = await printed(running);
    const url = /Page +(http:\/\/localhost:\d+)/.exec(text)?.[1] ?? "";
    assert.equal(url, `http://localhost:${ports.first}`);
    for (const name of ["Alice", "Bob"]) assert.match(text, new RegExp(`${name} \\(${name.toLowerCase()}@[\\w.]+\\)`));
    for (const number of ["600", "601", "602"]) assert.match(text, new RegExp(`^ .*\\b${number}  \\w`, "m"));
    assert.match(text, /Try first +Open the page, sign in as Alice, call 600/);
    assert.match(text, /dave@\S+ +password \S{12} +server \S+:\d+/);
    const [, domain = "", password = "", outbound = ""] =
      /carol@(\S+) +password (\S{12}) +server (\S+:\d+)/.exec(text) ?? [];

    const registrar = { domain, password, outbound };
    const carol = await Baresip.start({ user: "carol", toneHz: phoneHz, registrar });
    await carol.registered();
    const browser = await Chromium.launch({ toneHz: pageHz });
    const page = await browser.page();
    await callCarol(page, url);
    await carol.event("CALL_INCOMING");
    await carol.accept();
    await hearsTone(page, phoneHz, pageHz);
    await elapsed(1500);
    await page.getByRole("button", { name: "End", exact: true }).click();
    await carol.event("CALL_CLOSED");
    assertTone(await carol.heard(), pageHz, phoneHz);
    await carol.stop();
    await browser.close();
    await stop(running);
  });

  it("starts quickly again, with the same passwords", async () => {
    const passwords = JSON.parse(readFileSync(join(stateDir, "softphone-passwords"), "utf8"));
    const since = performance.now();
    const running = start();
    const text = await printed(running);
    const ms = Math.round(performance.now() - since);
    console.log(`      a second npm start took ${ms} ms`);
    assert.ok(ms < 8000, `${ms} ms`);
    assert.doesNotMatch(text, /Installing|Building|Offhook needs/);
    for (const user of ["carol", "dave"]) assert.ok(text.includes(`password ${passwords[`${user}@offhook.local`]} `));
    await stop(running);
  });

  it("without rtpengine, and without a way to install it, says what to install and goes on", async () => {
    const running = start(without("/usr/bin/rtpengine", "/usr/sbin/rtpengine", "/usr/bin/apt-get"), {
      PATH: "/nowhere",
    });
    const text = await printed(running);
    assert.match(
      text,
      /There is no apt here: install with {2}apt-get install --no-install-recommends rtpengine-daemon/,
    );
    assert.match(text, /No calls yet: rtpengine is not installed: apt-get install rtpengine-daemon/);
    assert.equal((await fetch(`http://localhost:${ports.first}/`)).status, 200);
    await stop(running);
  });
});
