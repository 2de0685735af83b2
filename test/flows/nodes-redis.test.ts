import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Message, Session } from "../../webclient/index.ts";
import { domain, patience } from "../support/gateway.ts";
import { librarySession } from "../support/library-session.ts";
import { Sender } from "../support/sender.ts";
import { SeveralNodes } from "../support/several-nodes.ts";
import { until } from "../support/until.ts";

const names = ["alice", "bob", "carol"] as const;

/** `appendonly yes`, `appendfsync always`: what Redis has said to have written it has. */
describe("three gateways whose Redis is killed", function () {
  this.timeout(3 * patience);
  let folder: string;
  let nodes: SeveralNodes;
  const sessions: Session[] = [];
  const heard: Message[][] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "offhook-nodes-redis-"));
    const env = {
      NO_MEDIA: "/nonexistent",
      GATEWAY_MESSAGES_PER_MINUTE: "1000000",
      GATEWAY_CALL_FRAMES_PER_SECOND: "10000",
    };
    nodes = await SeveralNodes.start(3, env, { folder });
    for (const [index, name] of names.entries()) {
      const { session } = await librarySession(nodes.at(index), name);
      const came: Message[] = [];
      session.messages.on("message", (message) => came.push(message));
      sessions.push(session);
      heard.push(came);
    }
  });
  after(async () => {
    await Promise.all(sessions.map((session) => session.close()));
    await nodes?.assertIdle();
    await nodes?.stop();
    if (folder) rmSync(folder, { recursive: true });
  });

  it("deliver once what was accepted, whichever node it came from", async () => {
    // Around: alice to bob, bob to carol, carol to alice, each at another node.
    const next = (index: number): number => (index + 1) % names.length;
    const senders = sessions.map((session, index) => new Sender(session, { user: `${names[next(index)]}@${domain}` }));
    for (const sender of senders) sender.start();
    await Promise.all(senders.map((sender) => sender.more(40)));
    for (let time = 0; time < 2; time++) {
      const start = await nodes.killRedis();
      await until("nothing is accepted any more", () => senders.every(({ pending }) => pending > time), 15_000);
      await start();
      await Promise.all(senders.map((sender) => sender.more(40)));
    }
    await Promise.all(senders.map((sender) => sender.stop()));
    for (const [index, { accepted }] of senders.entries()) {
      const ids = accepted.map(({ id }) => id);
      const ours = new Set(ids);
      const came = (): string[] => (heard[next(index)] ?? []).map(({ id }) => id).filter((id) => ours.has(id));
      const what = `${names[index]} to ${names[next(index)]}`;
      await until(what, () => came().length >= ids.length, 20_000).catch(() => {});
      assert.deepEqual(came(), ids, `${what}: ${came().length} of ${ids.length} came`);
      process.stdout.write(`      ${what}: ${ids.length} accepted, ${came().length} delivered\n`);
    }
  });
});
