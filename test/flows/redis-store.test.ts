import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Message, Session } from "../../webclient/index.ts";
import { FrameClient } from "../support/frame-client.ts";
import { domain, patience, TestGateway } from "../support/gateway.ts";
import { librarySession } from "../support/library-session.ts";
import { startRedis, type RunningRedis } from "../support/redis-server.ts";
import { RegisteredUa } from "../support/registered-ua.ts";
import { Sender } from "../support/sender.ts";
import { until } from "../support/until.ts";

const [alice, bob] = [{ user: `alice@${domain}` }, { user: `bob@${domain}` }];

describe("messages in a Redis that writes each change at once", function () {
  this.timeout(2 * patience);
  let folder: string;
  let redis: RunningRedis & { readonly port: number };
  let gateway: TestGateway;
  let session: Session;
  let other: Session;
  let sender: Sender;
  let heard: Message[];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "offhook-flow-redis-"));
    redis = await startRedis(undefined, { folder });
    const env = {
      NO_MEDIA: "/nonexistent",
      GATEWAY_REDIS_URL: redis.url,
      GATEWAY_REDIS_TIMEOUT: "1000",
      GATEWAY_MESSAGES_PER_MINUTE: "1000000",
      GATEWAY_CALL_FRAMES_PER_SECOND: "10000",
    };
    gateway = await TestGateway.start({ env });
  });
  after(async () => {
    await gateway?.assertIdle();
    await gateway?.stop();
    await redis?.stop();
    if (folder) rmSync(folder, { recursive: true });
  });

  beforeEach(async () => {
    ({ session } = await librarySession(gateway, "alice"));
    ({ session: other } = await librarySession(gateway, "bob"));
    heard = [];
    other.messages.on("message", (message) => heard.push(message));
    sender = new Sender(session, bob);
  });
  afterEach(async () => {
    for (const one of [session, other]) await one.close();
  });

  /** What was accepted is kept, in its order, and came to the other side: none is missing, and none is there twice. */
  const account = async (what: string): Promise<void> => {
    const sent = sender.accepted.map(({ id }) => id);
    await until("the last one came", () => heard.some(({ id }) => id === sent.at(-1)), 15_000);
    const ours = new Set(sent);
    const kept: Message[] = [];
    for (let before: Message | undefined; ;) {
      const page = await session.messages.history(bob, { limit: 100, ...(before && { before }) });
      kept.push(...page);
      before = page.at(-1);
      if (page.length < 100) break;
    }
    const of = (list: readonly Message[]) => list.map(({ id }) => id).filter((id) => ours.has(id));
    assert.deepEqual(of(kept).reverse(), sent, `${what}: kept`);
    assert.deepEqual(of(heard), sent, `${what}: delivered`);
    console.log(`      ${what}: ${sent.length} accepted, ${of(kept).length} kept, ${of(heard).length} delivered`);
  };

  it("are neither lost nor doubled when Redis is killed: they are pending until it is back", async () => {
    sender.start();
    await sender.more(50);
    await redis.stop();
    await until("one is pending", () => sender.pending > 0, 15_000);
    const before = sender.accepted.length;
    const phone = await RegisteredUa.open(gateway, "carol");
    assert.equal((await phone.message(`bob@${domain}`, "hi")).status, 503);
    await phone.close();
    const page = await FrameClient.signedIn(gateway, "dave");
    const refused = await page.request("message.list", { of: alice });
    assert.deepEqual([refused.type, refused.code], ["refused", "overload"]);
    await page.close();
    assert.equal(sender.accepted.length, before, "nothing is accepted meanwhile");
    redis = await startRedis(redis.port, { folder });
    await sender.more(50);
    await sender.stop();
    await account("Redis killed");
    assert.equal((await gateway.metrics())["offhook_messages_pending"], 0);
  });

  it("are neither lost nor doubled when the gateway is killed, and Redis with it", async () => {
    sender.start();
    await sender.more(50);
    await gateway.kill();
    gateway = await gateway.restart();
    await sender.more(50);
    await Promise.all([gateway.kill(), redis.stop()]);
    redis = await startRedis(redis.port, { folder });
    gateway = await gateway.restart();
    await sender.more(50);
    await sender.stop();
    await account("both killed");
  });

  it("are refused while Redis is full, and nothing of them is kept", async () => {
    const page = await FrameClient.signedIn(gateway, "alice");
    const say = (messageId: string) => page.request("message.send", { to: bob, text: messageId, messageId });
    const limit = (bytes: string) => redis.command("CONFIG", "SET", "maxmemory", bytes);
    await limit("1");
    const refused = await say("full-1");
    assert.deepEqual([refused.type, refused.code], ["refused", "overload"]);
    await limit("0");
    assert.equal((await say("full-2")).type, "message.accepted");
    const listed = await page.request("message.list", { of: bob, limit: 2 });
    const ids = (listed.messages as { messageId: string }[]).map(({ messageId }) => messageId);
    assert.equal(ids[0], "full-2");
    assert.ok(!ids.includes("full-1"));
    await page.close();
  });
});
