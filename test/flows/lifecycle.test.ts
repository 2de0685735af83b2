import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { systemClock } from "../../gateway/base/clock.ts";
import { NgClient } from "../../gateway/media/rtpengine/ng-client.ts";
import { Chromium, hearsTone } from "../support/chromium.ts";
import { FrameClient } from "../support/frame-client.ts";
import { domain, TestGateway } from "../support/gateway.ts";
import { PhonePage } from "../support/phone-page.ts";
import { openUdpPorts, tcpFree, udpFree } from "../support/ports.ts";
import { RegisteredUa } from "../support/registered-ua.ts";
import { only, type SipDialog } from "../support/sip-ua.ts";
import { until } from "../support/until.ts";

const pageHz = 1000;
const phoneHz = 440;

/** Processes that stop, die and come back, while people talk. */
describe("lifecycle", function () {
  this.timeout(60_000);
  let browser: Chromium;

  before(async () => {
    browser = await Chromium.launch({ toneHz: pageHz });
  });

  after(() => browser?.close());

  interface Talk {
    readonly alice: PhonePage<Page>;
    readonly carol: RegisteredUa;
    readonly dialog: SipDialog;
  }

  /** The page calls the phone and hears it. */
  async function talk(alice: PhonePage<Page>, carol: RegisteredUa): Promise<Talk> {
    await alice.call({ user: `carol@${domain}` });
    const dialog = await carol.answerWithTone(await carol.ua.request("INVITE"), phoneHz);
    await alice.state("connected");
    await hearsTone(alice.page, phoneHz, pageHz);
    return { alice, carol, dialog };
  }

  async function talkAt(gateway: TestGateway): Promise<Talk> {
    const alice = await PhonePage.open(await browser.page(), gateway, "alice");
    return talk(alice, await RegisteredUa.open(gateway, "carol"));
  }

  /** A new call with sound; then everybody leaves, and nothing is left of it. */
  async function talkAgain({ alice, carol }: Talk, gateway: TestGateway): Promise<void> {
    await talk(alice, carol);
    await alice.end();
    await carol.ua.request("BYE");
    await alice.ended();
    await carol.close();
    await alice.page.close();
    await gateway.assertIdle();
  }

  const metric = (gateway: TestGateway, name: string, value: number): Promise<unknown> =>
    until(`${name} ${value}`, async () => (await gateway.metrics())[`offhook_${name}`] === value, 10_000);

  it("after Ctrl-C no process, port or file of a process is left", async () => {
    const stateDir = mkdtempSync(join(tmpdir(), "offhook-state-"));
    const gateway = await TestGateway.start({ stateDir });
    const { alice, carol } = await talkAt(gateway);
    const { udp, tcp } = portsIn(stateDir);
    assert.ok(openUdpPorts(gateway.ports).length > 1, "the call has media ports");
    await gateway.stop();
    await carol.ua.request("BYE");
    await alice.ended();
    await alice.page.close();
    await carol.vanish();
    assert.deepEqual(
      readdirSync(stateDir),
      ["calls", "gateway.id", "people", "push-keys"],
      "what is kept for people stays",
    );
    assert.deepEqual(openUdpPorts(gateway.ports), []);
    for (const port of [gateway.sipPort, ...udp]) assert.ok(await udpFree(port), `UDP ${port}`);
    for (const port of [gateway.httpPort, gateway.sipPort, gateway.wsPort, ...tcp])
      assert.ok(await tcpFree(port), `TCP ${port}`);
    rmSync(stateDir, { recursive: true });
  });

  it("SIGTERM during calls: every far end is told", async () => {
    const gateway = await TestGateway.start({ env: { GATEWAY_MEDIA_TIMEOUT: "60000" } });
    const carol = await RegisteredUa.open(gateway, "carol");
    const dave = await RegisteredUa.open(gateway, "dave");
    const [bob, erin] = [await FrameClient.signedIn(gateway, "bob"), await FrameClient.signedIn(gateway, "erin")];
    const talking = await bob.call({ user: `carol@${domain}` });
    await carol.answerWithTone(await carol.ua.request("INVITE"), phoneHz);
    await bob.event("call.answered", talking);
    const ringing = await erin.call({ user: `dave@${domain}` });
    const invite = await dave.ua.request("INVITE");
    dave.ua.reply(invite, 180, "Ringing");
    await erin.event("call.ringing", ringing);
    const waiting = await dave.invite(`erin@${domain}`, { body: (await dave.sound({ tone: phoneHz })).offer() });
    await erin.event("call.incoming");

    gateway.process.kill("SIGTERM");
    assert.match(only(await carol.ua.request("BYE"), "reason"), /stopping/);
    assert.match(only(await dave.ua.request("CANCEL"), "reason"), /stopping/);
    dave.ua.reply(invite, 487, "Request Terminated");
    assert.equal((await dave.ua.final(waiting, "INVITE")).status, 503);
    for (const [page, call] of [
      [bob, talking],
      [erin, ringing],
    ] as const) {
      const { by, text } = await page.ended(call);
      assert.deepEqual([by, text], ["system", "The gateway is being stopped."]);
      assert.equal((await page.event("session.closed")).reason, "server-stopping");
      assert.equal((await page.closed()).code, 1001);
    }
    await gateway.stop();
    await Promise.all([carol.vanish(), dave.vanish()]);
  });

  it("after kill -9 and a restart the same processes serve, and hold nothing of before", async () => {
    const killed = await TestGateway.start();
    const call = await talkAt(killed);
    const processes = killed.children();
    await killed.kill();
    const gateway = await killed.restart();
    assert.deepEqual(gateway.children(), processes);
    assert.deepEqual(await relayCalls(gateway), [], "the relay holds a call of before");
    assert.match(gateway.log(), /relay up relay=own released=1/);

    const end = await call.alice.ended();
    assert.deepEqual([end.reason, end.by], ["network-lost", "system"]);
    assert.match(only(await call.carol.ua.request("BYE"), "reason"), /application lost/);
    await metric(gateway, "sip_dialogs", 0);

    await until("the page's new session", async () => (await call.alice.session()) === "connected", 10_000);
    await call.carol.register(60);
    await talkAgain(call, gateway);
    await gateway.stop();
  });

  it("a SIP server that dies ends its calls and is started again; phones stay registered", async () => {
    const gateway = await TestGateway.start();
    const call = await talkAt(gateway);
    const pid = pidOf(gateway, "sip-server");
    process.kill(pid, "SIGKILL");
    const end = await call.alice.ended();
    assert.deepEqual([end.reason, end.by], ["network-lost", "remote"]);
    await metric(gateway, "sip_server_up", 0).catch(() => {});
    await metric(gateway, "sip_server_up", 1);
    assert.notEqual(pidOf(gateway, "sip-server"), pid);
    assert.match(gateway.log(), /SIP server died, starting it again/);
    // The phone learns that its dialog is gone when it uses it.
    call.carol.ua.send(call.dialog, "BYE");
    assert.equal((await call.carol.ua.final(call.dialog, "BYE")).status, 481);
    await metric(gateway, "registrations", 1);
    await metric(gateway, "relay_sessions", 0);
    await talkAgain(call, gateway);
    await gateway.stop();
  });

  it("a SIP server that hangs is noticed within seconds, and replaced", async () => {
    const gateway = await TestGateway.start();
    const pid = pidOf(gateway, "sip-server");
    process.kill(pid, "SIGSTOP");
    await until("the link counts as lost", () => /SIP server lost.*silent/.test(gateway.log()), 10_000);
    await until("the server is ended", () => /SIP server hangs, ending it/.test(gateway.log()), 12_000);
    await until("another one runs", () => /SIP server started/.test(gateway.log()), 12_000);
    await metric(gateway, "sip_server_up", 1);
    assert.notEqual(pidOf(gateway, "sip-server"), pid);
    await gateway.stop();
  });

  it("a media relay that dies ends its calls and is started again", async () => {
    const gateway = await TestGateway.start();
    const call = await talkAt(gateway);
    const pid = pidOf(gateway, "rtpengine");
    process.kill(pid, "SIGKILL");
    const end = await call.alice.ended();
    assert.deepEqual([end.reason, end.by], ["media-failed", "system"]);
    assert.match(only(await call.carol.ua.request("BYE"), "reason"), /relay-lost/);
    await until("another rtpengine", () => pidOf(gateway, "rtpengine") !== pid);
    await metric(gateway, "relay_up", 1);
    assert.match(gateway.log(), /rtpengine died, starting it again/);
    await talkAgain(call, gateway);
    await gateway.stop();
  });

  it("children that no gateway comes back to end themselves, and their files go", async () => {
    const gateway = await TestGateway.start({ env: { GATEWAY_SIP_LINGER: "2000" } });
    const processes = gateway.children();
    await gateway.kill();
    const left = (): string[] => readdirSync(gateway.stateDir);
    assert.ok(left().includes("sip-server.json"));
    await until("the children's end", () => processes.every((pid) => !isAlive(pid)), 10_000);
    // Tokens and links that were given out hold when the gateway comes back.
    assert.deepEqual(left(), ["files.secret", "gateway.id", "push-keys", "sign-in.secret"]);
    await gateway.forget();
  });

  it("two gateways stand side by side with different ports; nobody chose their media ports", async () => {
    const without = ["GATEWAY_MEDIA_PORT_MIN", "GATEWAY_MEDIA_PORT_MAX"];
    const first = await TestGateway.start({ without });
    const second = await TestGateway.start({ without });
    const calls = [await talkAt(first), await talkAt(second)];
    for (const { alice, carol } of calls) {
      await hearsTone(alice.page, phoneHz, pageHz);
      await alice.end();
      await carol.ua.request("BYE");
      await carol.close();
      await alice.page.close();
    }
    for (const gateway of [first, second]) {
      await gateway.assertIdle();
      await gateway.stop();
    }
  });
});

function readState(stateDir: string, name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(stateDir, `${name}.json`), "utf8"));
}

const pidOf = ({ stateDir }: TestGateway, name: string): number => Number(readState(stateDir, name).pid);

/** The ports of the children that only we know. */
function portsIn(stateDir: string): { udp: number[]; tcp: number[] } {
  const { ngPort, dtmfPort, cliPort } = readState(stateDir, "rtpengine");
  const { control, metrics } = readState(stateDir, "sip-server");
  const portOf = (address: unknown): number => Number(String(address).split(":").at(-1));
  return {
    udp: [Number(ngPort), Number(dtmfPort)],
    tcp: [Number(ngPort), Number(cliPort), portOf(control), portOf(metrics)],
  };
}

/** What the relay itself says that it carries. */
async function relayCalls({ stateDir }: TestGateway): Promise<unknown> {
  const port = Number(readState(stateDir, "rtpengine").ngPort);
  const client = new NgClient({ host: "127.0.0.1", port, clock: systemClock });
  const { calls } = await client.command("list", { limit: 100 });
  client.close();
  return calls;
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
