import assert from "node:assert/strict";
import { silentLogger } from "../../../gateway/base/log.ts";
import { systemClock } from "../../../gateway/base/clock.ts";
import { Webhooks } from "../../../gateway/records/webhooks/webhooks.ts";
import { until } from "../../support/until.ts";
import { WebhookReceiver } from "../../support/webhook-receiver.ts";

const settings = { timeout: 5_000, firstRetry: 20, lastRetry: 100, attempts: 3, queue: 2 };
const subject = "s-1";
const fact = { sessionId: subject, user: "alice@a.example" };

describe("webhooks of a domain", () => {
  let receiver: WebhookReceiver;
  let outcomes: string[];
  let webhooks: Webhooks;

  beforeEach(async () => {
    receiver = await WebhookReceiver.open();
    outcomes = [];
    const { url, secret } = receiver;
    const hook = { id: "h", url, secret, domain: "a.example", events: ["session.began"] as const };
    const came = (_id: string, outcome: string): void => void outcomes.push(outcome);
    webhooks = new Webhooks([hook], { clock: systemClock, log: silentLogger, settings, came });
  });

  afterEach(async () => {
    await webhooks.close();
    await receiver.close();
  });

  it("drop what there is no room for, and count it", async () => {
    let release = (): void => {};
    receiver.answers.push((response) => (release = () => void response.writeHead(204).end()));
    for (let times = 0; times < 4; times += 1) webhooks.tell("a.example", "session.began", subject, fact);
    assert.deepEqual([outcomes, webhooks.waiting], [["dropped", "dropped"], 2]);
    await receiver.next("session.began");
    release();
    await until("both", () => webhooks.waiting === 0);
    assert.deepEqual(outcomes.slice(2), ["delivered", "delivered"]);
  });

  it("are told what they asked for, of their own domain", async () => {
    webhooks.tell("b.example", "session.began", subject, fact);
    webhooks.tell("a.example", "session.ended", subject, fact);
    assert.equal(webhooks.waiting, 0);
  });

  it("wait as long as Retry-After says, at most the longest pause", async () => {
    receiver.answers.push((response) => void response.writeHead(503, { "retry-after": "60" }).end());
    webhooks.tell("a.example", "session.began", subject, fact);
    const [first, second] = [await receiver.next("session.began"), await receiver.next("session.began")];
    assert.ok(second.at - first.at >= settings.lastRetry - 5, `${second.at - first.at} ms`);
    assert.equal(second.id, first.id);
  });

  it("are told a last time when the gateway stops, and hold it up no longer than a moment", async () => {
    receiver.answers.push(500, () => {});
    webhooks.tell("a.example", "session.began", subject, fact);
    webhooks.tell("a.example", "session.began", subject, fact);
    await until("the first failure", () => outcomes.includes("failed"));
    const began = performance.now();
    await webhooks.close();
    assert.ok(performance.now() - began < 4_000);
    assert.equal(webhooks.waiting, 0);
    webhooks.tell("a.example", "session.began", subject, fact);
    assert.equal(webhooks.waiting, 0);
  });
});
