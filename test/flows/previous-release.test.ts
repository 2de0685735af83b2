import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { Chromium, hearsTone } from "../support/chromium.ts";
import { FrameClient, type Received } from "../support/frame-client.ts";
import { domain, patience, TestGateway } from "../support/gateway.ts";
import { startRedis, type RunningRedis } from "../support/redis-server.ts";
import { buildOfRef, previousRelease } from "../support/releases/previous.ts";
import { dumpOf, dumpOfRelease, load, vectorOf, type RedisDump } from "../support/releases/redis-dump.ts";
import { until } from "../support/until.ts";

const release = "0.1.0";
const [alice, bob] = [{ user: `alice@${domain}` }, { user: `bob@${domain}` }];

/** The gateway of today, and what the release before left to it. */
describe(`after release ${release}`, function () {
  this.timeout(2 * patience);

  describe("its library, in Chromium", () => {
    let gateway: TestGateway;
    let browser: Chromium;
    let page: Page;

    before(async () => {
      [gateway, browser] = await Promise.all([TestGateway.start(), Chromium.launch({ toneHz: 440 })]);
      page = await browser.page();
      const files = { "/previous/": ["text/html", html], "/previous/client.js": ["text/javascript", library] } as const;
      for (const [path, [contentType, body]] of Object.entries(files))
        await page.route(gateway.url + path, (route) => route.fulfill({ contentType, body }));
      await page.goto(`${gateway.url}/previous/`);
      await until("the library", () => page.evaluate("typeof window.connect === 'function'"));
    });
    after(async () => {
      await browser?.close();
      await gateway?.assertIdle();
      await gateway?.stop();
    });

    const library = readFileSync(vectorOf(release, "client.js"), "utf8");
    const html = `<!doctype html><script type="module">
      import { connect } from "./client.js";
      window.connect = connect;
    </script>`;
    const run = (script: string): Promise<unknown> => page.evaluate(`(async () => { ${script} })()`);
    const sees = (what: string, script: string): Promise<unknown> => until(what, () => page.evaluate(script), 8_000);

    it("signs in, sees who is there, and sends and takes messages and data", async () => {
      const other = await FrameClient.signedIn(gateway, "bob");
      await run(`
        window.session = await connect({ url: "${gateway.url}", user: "${alice.user}" });
        window.came = [];
        session.messages.on("message", ({ text }) => came.push(text));
        session.data.on("data", ({ value }) => came.push(value));
      `);
      await sees(
        "Bob",
        `session.presence.view().contacts.some(({ name, status }) => name === "Bob" && status === "online")`,
      );
      const sent = await run(`return (await session.messages.send(${JSON.stringify(bob)}, "hello")).state`);
      assert.equal(sent, "sent");
      const { message } = (await other.event("message.received")) as Received & { message: { text: string } };
      assert.equal(message.text, "hello");
      await other.request("message.send", { to: alice, text: "hello too", messageId: "m-1" });
      await other.request("data.send", { to: alice, value: { n: 1 } });
      await sees("both", "came.length === 2");
      assert.deepEqual(await page.evaluate("came"), ["hello too", { n: 1 }]);
      const history = await run(
        `return (await session.messages.history(${JSON.stringify(bob)})).map(({ text }) => text)`,
      );
      assert.deepEqual(history, ["hello too", "hello"]);
      await other.request("session.close", {});
    });

    it("calls, with sound, and hangs up", async () => {
      await run(`window.call = await session.call("tel:601")`);
      await sees("connected", `call.view().state === "connected"`);
      await hearsTone(page, 1000, 440);
      await run(`await call.end(); await session.close()`);
      assert.deepEqual(await run(`const { reason, by } = await call.ended; return [reason, by]`), ["normal", "local"]);
    });
  });

  it("is spoken to where a page offers a newer contract too", async () => {
    const gateway = await TestGateway.start({ env: { NO_MEDIA: "/nonexistent" } });
    const page = await FrameClient.open(gateway, { protocols: ["offhook.2", "offhook.1"] });
    assert.equal((await page.request("session.open", alice)).type, "session.opened");
    await page.request("session.close", {});
    const stranger = await FrameClient.open(gateway, { protocols: ["offhook.2"] }).catch((fault: unknown) => fault);
    assert.match(String(stranger), /no subprotocol|Server sent no subprotocol/);
    await gateway.assertIdle();
    await gateway.stop();
  });

  describe("what it wrote to Redis", () => {
    let redis: RunningRedis & { readonly port: number };
    let gateway: TestGateway;

    const startOn = async (content: RedisDump): Promise<void> => {
      redis = await startRedis();
      await load(redis.port, content);
      gateway = await TestGateway.start({
        env: {
          NO_MEDIA: "/nonexistent",
          GATEWAY_REDIS_URL: redis.url,
          // It was written long ago.
          GATEWAY_MESSAGES_RETENTION: "100000",
          GATEWAY_HISTORY_DAYS: "100000",
        },
      });
    };
    afterEach(async () => {
      await gateway?.assertIdle();
      await gateway?.stop();
      await redis?.stop();
    });

    interface Summary {
      readonly of: { readonly user?: string; readonly group?: string };
      readonly unread: number;
      readonly group?: { readonly name: string; readonly members: readonly object[] };
    }
    const conversationsOf = async (page: FrameClient): Promise<readonly Summary[]> =>
      (await page.event("message.conversations"))["conversations"] as readonly Summary[];
    const textsOf = async (page: FrameClient): Promise<readonly string[]> => {
      const { messages } = await page.request("message.list", { of: bob });
      return (messages as { text?: string }[]).map(({ text = "" }) => text).reverse();
    };
    const sessionOf = ({ keys }: RedisDump, name: string): string => {
      const found = Object.entries(keys).find(
        ([key, value]) =>
          key.includes(":session:") && typeof value !== "string" && value["user"] === `${domain}/${name}`,
      );
      return /\{(.*)\}/.exec(found?.[0] ?? "")?.[1] ?? assert.fail(`no session of ${name}`);
    };

    it("is served: history, groups, what is unread, contacts, calls, a session that waits", async () => {
      const content = dumpOfRelease(release);
      await startOn(content);
      const page = await FrameClient.signedIn(gateway, "alice");
      const conversations = await conversationsOf(page);
      const group = conversations.find((one) => one.group)?.group;
      assert.deepEqual([conversations.length, group?.name, group?.members.length], [2, "Team", 3]);
      assert.equal(conversations.find(({ of }) => of.user === bob.user)?.unread, 1);
      assert.deepEqual(await textsOf(page), ["one", "two, edited", "", "four", "five"]);
      const { contacts } = await page.event("contacts.saved");
      assert.deepEqual(
        (contacts as { name: string }[]).map(({ name }) => name),
        ["Zoë"],
      );
      const { records } = await page.request("history.list");
      const [call] = records as { direction: string; peer: { name: string } }[];
      assert.deepEqual([call?.direction, call?.peer.name], ["out", "Dave"]);
      const added = (await page.request("message.send", { to: bob, text: "six", messageId: "m-6" })) as unknown as {
        message: { number: number };
      };
      assert.equal(added.message.number, 6);

      const back = await FrameClient.open(gateway);
      await page.request("presence.watch", { group: "sales" });
      const resume = { ...bob, sessionId: sessionOf(content, "bob"), seq: 0 };
      assert.equal((await back.request("session.resume", resume)).type, "session.resumed");
      const kept = await back.event("data.received");
      assert.deepEqual(kept["value"], { kept: "for the page that comes back" });
      await page.next("Bob as he was", (frame) => /Report/.test(JSON.stringify(frame)));
      for (const one of [page, back]) await one.request("session.close", {});
    });

    it("is left as it is where a newer release wrote it, and that is told", async () => {
      const content = newer(dumpOfRelease(release));
      await startOn(content);
      const page = await FrameClient.signedIn(gateway, "alice");
      const conversations = await conversationsOf(page);
      assert.deepEqual(
        conversations.map(({ group }) => group?.name),
        ["Team"],
      );
      for (const [type, fields] of [
        ["message.send", { to: bob, text: "six", messageId: "m-6" }],
        ["message.list", { of: bob }],
        ["contact.put", { contact: { contactId: "new", name: "New", targets: [{ target: { tel: "+331" } }] } }],
      ] as const) {
        const answer = await page.request(type, { ...fields });
        assert.deepEqual([type, answer.code, /newer release/.test(String(answer["text"]))], [type, "overload", true]);
      }
      const back = await FrameClient.open(gateway);
      const resume = { ...bob, sessionId: sessionOf(content, "bob"), seq: 0 };
      assert.equal((await back.request("session.resume", resume)).code, "unknown-session");
      await back.close();
      await page.request("session.close", {});

      const after = (await dumpOf(redis.port, release)).keys;
      for (const key of changedKeys(content)) assert.deepEqual(after[key], content.keys[key], key);
      assert.match(gateway.log(), /written by a newer release, left as it is what="?reading contacts/);
      assert.ok(((await gateway.metrics())['offhook_redis_failures_total{reason="newer"}'] ?? 0) >= 4);
    });
  });

  it("its gateway is replaced node by node", async function () {
    const previous = previousRelease();
    if (!previous) {
      console.log("      skipped: this clone has no tag of a release (vX.Y.Z), so there is nothing to build");
      return this.skip();
    }
    this.timeout(10 * patience);
    const old = await buildOfRef(previous);
    const redis = await startRedis();
    const nodes: TestGateway[] = [];
    try {
      const env = { NO_MEDIA: "/nonexistent", GATEWAY_REDIS_URL: redis.url, GATEWAY_SESSION_GRACE: "30000" };
      const goes = await TestGateway.start({ env, entry: old.entry });
      nodes.push(goes);
      const stays = await TestGateway.start({ env });
      nodes.push(stays);
      await until("both to know each other", async () => (await stays.metrics())["offhook_other_nodes"] === 1, 15_000);
      await moves(goes, stays);
    } finally {
      for (const node of nodes) await node.stop();
      await redis.stop();
      old.remove();
    }
  });

  /** Alice is at the node that goes and Bob at the one that stays; she goes on there. */
  async function moves(goes: TestGateway, stays: TestGateway): Promise<void> {
    const page = await FrameClient.open(goes);
    const { sessionId } = await page.signIn(alice);
    const watcher = await FrameClient.signedIn(stays, "bob");
    await watcher.next("Alice", (frame) => /alice.*online/.test(JSON.stringify(frame)));
    await watcher.request("message.send", { to: alice, text: "over releases", messageId: "m-1" });
    await page.event("message.received");
    goes.process.kill("SIGTERM");
    await page.closed();
    const back = await FrameClient.open(stays);
    await watcher.request("data.send", { to: alice, value: 1 });
    const resumed = await back.request("session.resume", { ...alice, sessionId, seq: 0 });
    assert.equal(resumed.type, "session.resumed", JSON.stringify(resumed));
    for (const one of [back, watcher]) await one.request("session.close", {});
  }
});

/** The same as a release would write it that this one does not know. */
function newer({ release: of, keys }: RedisDump): RedisDump {
  const changed = Object.entries(keys).map(([key, value]) => {
    if (key.endsWith("/direct/alice/bob}:facts") && typeof value !== "string") return [key, { ...value, schema: "2" }];
    if (key.endsWith(":value:contacts")) return [key, String(value).replace('"schema":1', '"schema":2')];
    if (!key.includes(":session:") || typeof value === "string") return [key, value];
    return [key, { ...value, state: String(value["state"]).replace('"form":1', '"form":2') }];
  });
  return { release: of, keys: Object.fromEntries(changed) };
}

const changedKeys = ({ keys }: RedisDump): readonly string[] =>
  Object.keys(keys).filter((key) => /direct\/alice\/bob|:value:contacts|:session:/.test(key));
