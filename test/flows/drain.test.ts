import assert from "node:assert/strict";
import { FrameClient } from "../support/frame-client.ts";
import { domain, patience, TestGateway } from "../support/gateway.ts";
import { startRedis, type RunningRedis } from "../support/redis-server.ts";
import { until } from "../support/until.ts";

/** The test number that plays a tone; nobody listens here, so that the call must not want sound. */
const tone = { tel: "601" };

interface Health {
  readonly status: number;
  readonly draining?: boolean;
}

/** A node is told to go by SIGTERM while another one is there. */
describe("a node that is drained", function () {
  this.timeout(2 * patience);
  let redis: RunningRedis & { readonly port: number };
  let stays: TestGateway;
  let goes: TestGateway;

  const start = (): Promise<TestGateway> =>
    TestGateway.start({
      env: {
        GATEWAY_REDIS_URL: `redis://127.0.0.1:${redis.port}`,
        GATEWAY_SESSION_GRACE: "30000",
        GATEWAY_SESSION_DRAIN: "8000",
        GATEWAY_MEDIA_TIMEOUT: "60000",
      },
    });

  before(async () => {
    redis = await startRedis();
    stays = await start();
  });
  beforeEach(async () => {
    goes = await start();
    const others = async (gateway: TestGateway) => (await gateway.metrics())["offhook_other_nodes"];
    await until("both to know each other", async () => (await others(stays)) === 1 && (await others(goes)) === 1);
  });
  afterEach(async () => {
    await goes.stop();
    await stays.assertIdle();
  });
  after(async () => {
    await stays?.stop();
    await redis?.stop();
  });

  const health = async (gateway: TestGateway): Promise<Health> => {
    const response = await fetch(`${gateway.url}/health`);
    return { ...((await response.json()) as object), status: response.status };
  };
  const exited = (gateway: TestGateway, withinMs: number): Promise<unknown> =>
    until("its end", () => gateway.process.exitCode ?? undefined, withinMs);

  /** A page of `user` goes on at the node that stays. */
  async function moved(page: FrameClient, user: string): Promise<FrameClient> {
    const { sessionId } = page.frames.find(({ type }) => type === "session.opened") ?? assert.fail("never opened");
    const next = await FrameClient.open(stays);
    const answer = await next.request("session.resume", { user: `${user}@${domain}`, sessionId, seq: 0 });
    assert.equal(answer.type, "session.resumed", JSON.stringify(answer));
    return next;
  }

  it("keeps its calls until they end, sends the other pages away at once, and takes nobody new", async () => {
    const [alice, bob] = [await FrameClient.signedIn(goes, "alice"), await FrameClient.signedIn(goes, "bob")];
    const callId = await alice.call(tone);
    await alice.event("call.answered");
    assert.deepEqual(await health(goes), { sip: true, media: true, status: 200 });

    goes.process.kill("SIGTERM");
    assert.equal((await bob.closed()).code, 1012);
    const bobs = await moved(bob, "bob");
    assert.deepEqual(await health(goes), { sip: true, media: true, draining: true, status: 503 });
    const late = await FrameClient.open(goes);
    assert.equal((await late.closed()).code, 1012);
    assert.equal((await fetch(`${goes.url}/poll/open`, { method: "POST" })).status, 503);

    assert.equal((await alice.request("ping", {})).type, "pong");
    assert.equal(alice.closing, undefined);
    await alice.end(callId);
    assert.equal((await alice.closed()).code, 1012);
    const alices = await moved(alice, "alice");
    await exited(goes, 5_000);
    assert.equal(alices.frames.filter(({ type }) => type === "call.ended").length, 1);
    for (const page of [alices, bobs]) await page.request("session.close", {});
  });

  it("ends its calls when the time is over", async () => {
    const alice = await FrameClient.signedIn(goes, "alice");
    await alice.call(tone);
    await alice.event("call.answered");
    const at = Date.now();
    goes.process.kill("SIGTERM");
    const ended = await alice.next("call.ended", ({ type }) => type === "call.ended", 10_000);
    assert.ok(ended.at - at > 7_500 && ended.at - at < 9_500, `${ended.at - at} ms`);
    await exited(goes, 5_000);
    await (await moved(alice, "alice")).request("session.close", {});
  });

  it("goes at once by a second signal", async () => {
    const alice = await FrameClient.signedIn(goes, "alice");
    await alice.call(tone);
    await alice.event("call.answered");
    goes.process.kill("SIGTERM");
    await until("the drain", async () => (await health(goes)).draining === true);
    const at = Date.now();
    goes.process.kill("SIGTERM");
    await alice.next("call.ended", ({ type }) => type === "call.ended");
    await exited(goes, 5_000);
    assert.ok(Date.now() - at < 5_000);
    await (await moved(alice, "alice")).request("session.close", {});
  });

  it("does not wait where it is alone", async () => {
    const alice = await FrameClient.signedIn(goes, "alice");
    const gone = stays;
    await gone.stop();
    await until("that it is alone", async () => (await goes.metrics())["offhook_other_nodes"] === 0);
    goes.process.kill("SIGTERM");
    assert.equal((await alice.closed()).code, 1012);
    await exited(goes, 5_000);
    stays = await start();
    await (await moved(alice, "alice")).request("session.close", {});
  });
});
