import assert from "node:assert/strict";
import { parse } from "yaml";
import { check } from "../../gateway/config.ts";
import { domain, patience, TestGateway } from "../support/gateway.ts";
import { Program } from "../support/program.ts";

/** What an operator does to let a server use REST. */
describe("npm run api-key", function () {
  this.timeout(patience);

  it("makes a key and the lines that accept it; the gateway knows it by its hash", async () => {
    const args = ["crm", "--domain", domain, "--rights", "contacts,sessions"];
    const program = Program.start("gateway/api-key.ts", { args });
    assert.equal(await program.exited(), 0);
    const key = /shown this once: (\S+)/.exec(program.output)?.[1] ?? "";
    const lines = program.output.replace(/^The key.*$/m, "");
    assert.ok(key.length >= 32 && !lines.includes(key), "the key stands in the configuration");
    const { apiKeys } = parse(lines) as { apiKeys: object[] };
    check({ domains: [domain], apiKeys });

    const gateway = await TestGateway.start({ settings: { apiKeys }, env: { NO_MEDIA: "/nonexistent" } });
    const ask = (path: string, secret: string): Promise<number> =>
      fetch(`${gateway.url}/api/v1/${path}`, { headers: { authorization: `Bearer ${secret}` } }).then(
        ({ status }) => status,
      );
    assert.equal(await ask("sessions", key), 200);
    assert.equal(await ask("sessions", `${key}x`), 401);
    assert.equal(await ask("calls", key), 403);
    gateway.secrets.add(key);
    await gateway.stop();
  });

  it("says what it wants", async () => {
    for (const args of [[], ["crm"], ["crm", "--domain", domain, "--rights", "everything"]]) {
      const program = Program.start("gateway/api-key.ts", { args });
      assert.equal(await program.exited(), 2);
      assert.match(program.output, /Usage: npm run -s api-key -- ID --domain DOMAIN --rights /);
    }
  });
});
