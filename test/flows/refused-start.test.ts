import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { patience, TestGateway } from "../support/gateway.ts";
import { claimPorts, type PortRange } from "../support/ports.ts";
import { Program } from "../support/program.ts";

/** What keeps a gateway from starting is said in one line; what does not is replaced, and said too. */
describe("a start", function () {
  this.timeout(patience);
  let ports: PortRange;
  let stateDir: string;
  let taken: Server | undefined;

  beforeEach(async () => {
    ports = await claimPorts();
    stateDir = mkdtempSync(join(tmpdir(), "offhook-state-"));
  });

  afterEach(async () => {
    await new Promise((done) => (taken ? taken.close(done) : done(undefined)));
    taken = undefined;
    await ports.release();
    rmSync(stateDir, { recursive: true });
  });

  const take = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      taken = createServer().once("error", reject);
      taken.listen(port, "127.0.0.1", resolve);
    });

  const settings = (): Record<string, string> => ({
    GATEWAY_STATE_DIR: stateDir,
    GATEWAY_SIP_ADDRESSES: "127.0.0.1",
    GATEWAY_HTTP_PORT: String(ports.first),
    GATEWAY_SIP_PORT: String(ports.first + 1),
    GATEWAY_MEDIA_PORT_MIN: String(ports.first + 10),
    GATEWAY_MEDIA_PORT_MAX: String(ports.last),
    GATEWAY_LOG_LEVEL: "warn",
  });

  const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");

  const chosen = [
    { what: "http.port", at: 0, says: /^offhook: http\.port: port \d+ is in use$/ },
    { what: "sip.port", at: 1, says: /^offhook: sip\.port: port \d+ is in use$/ },
    { what: "media.portMin", at: 10, says: /^offhook: media\.portMin: port \d+ is in use/ },
  ] as const;

  for (const { what, at, says } of chosen) {
    it(`is refused when the ${what} that was chosen is taken`, async () => {
      await take(ports.first + at);
      const gateway = Program.start("gateway/main.ts", { env: settings() });
      assert.equal(await gateway.exited(), 1);
      assert.equal(lines(gateway.output).length, 1, gateway.output);
      assert.match(lines(gateway.output)[0] ?? "", says);
      assert.deepEqual(readdirSync(stateDir), []);
    });
  }

  it("takes the next port when one that nobody chose is taken, says it, and keeps it after kill -9", async () => {
    await take(8080).catch(() => {});
    const { GATEWAY_HTTP_PORT: _, GATEWAY_SIP_PORT: __, ...rest } = settings();
    const env = { ...rest, GATEWAY_LOG_LEVEL: "info" };
    const killed = Program.start("gateway/main.ts", { env });
    const [, port] = await killed.printed(/Port 8080 is taken, so http\.port is (\d+)\./);
    const [page] = await killed.printed(/http:\/\/localhost:\d+/);
    assert.equal(page, `http://localhost:${port}`);
    const [server] = await killed.printed(/server 127\.0\.0\.1:\d+/);
    await killed.printed(/Ctrl-C/);
    killed.interrupt("SIGKILL");
    await killed.exited();
    const gateway = Program.start("gateway/main.ts", { env });
    await gateway.printed(new RegExp(server ?? ""));
    await gateway.printed(/SIP server taken over/);
    gateway.interrupt();
    assert.equal(await gateway.exited(), 0);
  });

  it("is refused when another gateway uses the directory", async () => {
    const first = await TestGateway.start();
    const second = Program.start("gateway/main.ts", { env: { ...settings(), GATEWAY_STATE_DIR: first.stateDir } });
    assert.equal(await second.exited(), 1);
    assert.equal(
      second.output,
      `offhook: the gateway with pid ${first.process.pid} uses ${first.stateDir}: stop it, or set GATEWAY_STATE_DIR\n`,
    );
    await first.assertIdle();
    await first.stop();
  });

  const wrong = [
    { name: "GATEWAY_HTTP_PORT", value: "eighty" },
    { name: "GATEWAY_SIP_T1", value: "0" },
    { name: "GATEWAY_MEDIA_WEB_CODECS", value: "mp3" },
    { name: "GATEWAY_HTPP_PORT", value: "8080" },
  ] as const;

  for (const { name, value } of wrong) {
    it(`is refused by name and with code 2 for ${name}=${value}`, async () => {
      const gateway = Program.start("gateway/main.ts", { env: { ...settings(), [name]: value } });
      assert.equal(await gateway.exited(), 2);
      assert.equal(lines(gateway.output).length, 1, gateway.output);
      assert.match(gateway.output, new RegExp(`^offhook: ${name}\\b`));
    });
  }
});
