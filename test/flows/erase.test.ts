import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FrameClient } from "../support/frame-client.ts";
import { domain, patience, TestGateway } from "../support/gateway.ts";
import { TestSubscription } from "../support/push-service.ts";
import { RegisteredUa } from "../support/registered-ua.ts";
import { startRedis, type RunningRedis } from "../support/redis-server.ts";

const run = promisify(execFile);
const program = fileURLToPath(new URL("../../gateway/erase.ts", import.meta.url));
const [alice, bob] = [`alice@${domain}`, `bob@${domain}`];

describe("the command that erases a user", function () {
  this.timeout(patience);
  let redis: RunningRedis;
  let stateDir: string;

  before(async () => (redis = await startRedis()));
  after(() => redis.stop());
  beforeEach(() => (stateDir = mkdtempSync(join(tmpdir(), "offhook-erase-"))));
  afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

  const erase = (user: string, env: Record<string, string>) => {
    const given = { ...process.env, ...env, GATEWAY_STATE_DIR: stateDir, GATEWAY_DOMAINS: domain };
    return run(process.execPath, ["--import", "tsx", program, user], { env: given });
  };
  const ids = (frame: { readonly [field: string]: unknown }): string[] =>
    (frame.messages as { messageId: string }[]).map(({ messageId }) => messageId);

  for (const [where, env] of [
    ["files", () => ({})],
    ["Redis", () => ({ GATEWAY_REDIS_URL: redis.url })],
  ] as const) {
    it(`leaves nothing of the user in ${where}, and what others have`, async () => {
      const options = { stateDir, env: { NO_MEDIA: "/nonexistent", ...env() } };
      let gateway = await TestGateway.start(options);
      let page = await FrameClient.signedIn(gateway, alice);
      let other = await FrameClient.signedIn(gateway, bob);
      const say = (who: FrameClient, to: object, messageId: string) =>
        who.request("message.send", { to, text: `text of ${messageId}`, messageId });
      await say(page, { user: bob }, "direct-1");
      await say(other, { user: alice }, "direct-2");
      const { group } = await page.request("group.create", { name: "Team", users: [bob] });
      const { groupId } = group as { groupId: string };
      await other.request("group.answer", { groupId, accept: true });
      await say(page, { group: groupId }, "group-1");
      await say(other, { group: groupId }, "group-2");
      const contact = { contactId: "c1", name: "Carol", targets: [{ target: { user: `carol@${domain}` } }] };
      assert.equal((await page.request("contact.put", { contact })).type, "ok");
      await page.request("board.create", { name: "Plan", users: [bob] });
      const browser = new TestSubscription("https://push.example.org/alice").fields;
      assert.equal((await page.request("push.subscribe", browser)).type, "ok");
      const phone = await RegisteredUa.open(gateway, "alice");
      const phones = where === "Redis" ? 1 : 0;
      await assert.rejects(erase(alice, env()), /stop it/, "not while the gateway runs");
      await gateway.stop();
      // It never said goodbye.
      await phone.ua.close();

      const { stdout } = await erase(alice, env());
      assert.equal(
        stdout,
        `Erased of ${alice}: 1 conversations, 1 groups, 1 messages, 1 whiteboards, 1 contacts, 0 calls, 1 browsers, ${phones} softphones.\n`,
      );
      const files = readdirSync(stateDir, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
      for (const { parentPath, name } of files)
        assert.ok(!readFileSync(join(parentPath, name), "utf8").includes(alice), `${name} names her`);
      const keys = (await redis.command("KEYS", "*")).split("\n");
      assert.deepEqual(
        keys.filter((key) => key.includes("alice")),
        [],
      );

      gateway = await TestGateway.start(options);
      page = await FrameClient.signedIn(gateway, alice);
      other = await FrameClient.signedIn(gateway, bob);
      const told = await page.event("message.conversations");
      assert.deepEqual(told.conversations, []);
      const listed = await other.request("message.list", { of: { group: groupId } });
      assert.deepEqual(ids(listed), ["group-2"]);
      assert.deepEqual(ids(await other.request("message.list", { of: { user: alice } })), []);
      await gateway.stop();
    });
  }

  it("says what is wrong", async () => {
    await assert.rejects(erase("nobody", {}), /Usage/);
    await assert.rejects(
      erase(alice, { GATEWAY_REDIS_URL: "redis://127.0.0.1:1" }),
      /Redis is away: nothing was erased/,
    );
  });
});
