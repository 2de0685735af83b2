import assert from "node:assert/strict";
import { silentLogger } from "../../../gateway/base/log.ts";
import { MemoryUserStore } from "../../../gateway/directory/memory/memory-user-store.ts";
import { PushSubscriptions, type PushSubscription } from "../../../gateway/directory/push-subscriptions.ts";
import type { PushNote } from "../../../gateway/protocol/push-values.ts";
import { makePushKeys, Pushes, type PushSettings } from "../../../gateway/push/pushes.ts";
import { PushService } from "../../support/push-service.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const alice = { domain: "a.example", name: "alice" };
const from = { target: { user: "bob@a.example" }, can: ["call"] } as const;
const note: PushNote = { type: "call-over", callId: "c1", from, missed: false };
const manner = { ttl: 20, urgency: "high", topic: "c1" } as const;

describe("waking browsers", () => {
  let service: PushService;
  let clock: VirtualClock;
  let outcomes: string[];

  before(async () => (service = await PushService.open()));
  after(() => service.close());
  beforeEach(() => {
    clock = new VirtualClock();
    outcomes = [];
  });

  function open(settings: Partial<PushSettings> = {}, browsers = 3) {
    const store = new MemoryUserStore<readonly PushSubscription[]>();
    const subscriptions = new PushSubscriptions(store, { browsers, age: 90_000 }, () => clock.now());
    const pushes = new Pushes({
      keys: makePushKeys(),
      subscriptions,
      settings: {
        contact: "mailto:webmaster@a.example",
        timeout: 2000,
        perMinute: 100,
        atOnce: 100,
        privateServices: true,
        ...settings,
      },
      clock,
      log: silentLogger,
      came: (outcome) => outcomes.push(outcome),
    });
    return { pushes, subscriptions };
  }

  it("encrypts for each browser, signs, and says how it is to go", async () => {
    const { pushes } = open();
    const [one, two] = [service.subscription(), service.subscription()];
    await pushes.subscribe(alice, { ...one.fields, language: "fr" });
    await pushes.subscribe(alice, two.fields);
    assert.equal(await pushes.send(alice, note, manner), 2);
    const [first] = one.received;
    assert.deepEqual(first?.note, { ...note, language: "fr" });
    assert.deepEqual([first?.headers["ttl"], first?.headers["urgency"]], ["20", "high"]);
    assert.equal(first?.key, pushes.publicKey);
    assert.equal(first?.claims["sub"], "mailto:webmaster@a.example");
    assert.deepEqual(two.received[0]?.note, note);
    assert.equal(first?.headers["topic"], two.received[0]?.headers["topic"]);
    assert.deepEqual([outcomes, pushes.sending], [["accepted", "accepted"], 0]);
  });

  for (const status of [404, 410])
    it(`forgets a browser whose service says ${status}, and keeps the others`, async () => {
      const { pushes, subscriptions } = open();
      const [kept, gone] = [service.subscription(), service.subscription()];
      gone.status = status;
      for (const one of [kept, gone]) await pushes.subscribe(alice, one.fields);
      assert.equal(await pushes.send(alice, note, manner), 1);
      assert.deepEqual(
        (await subscriptions.list(alice)).map(({ endpoint }) => endpoint),
        [kept.endpoint],
      );
      assert.deepEqual(outcomes.sort(), ["accepted", "gone"]);
    });

  it("keeps a browser whose service is busy, or is away", async () => {
    const { pushes, subscriptions } = open({ timeout: 200 });
    const busy = service.subscription();
    busy.status = 429;
    const away = { ...service.subscription().fields, endpoint: "http://127.0.0.1:1/push" };
    await pushes.subscribe(alice, busy.fields);
    await pushes.subscribe(alice, away);
    assert.equal(await pushes.send(alice, note, manner), 0);
    assert.equal((await subscriptions.list(alice)).length, 2);
    assert.deepEqual(outcomes.sort(), ["failed", "refused"]);
  });

  it("keeps so many browsers of one user, the newest, and none that is too old", async () => {
    const { pushes, subscriptions } = open({}, 2);
    const made = [service.subscription(), service.subscription(), service.subscription()];
    for (const one of made) await pushes.subscribe(alice, one.fields);
    const list = async () => (await subscriptions.list(alice)).map(({ endpoint }) => endpoint);
    assert.deepEqual(await list(), [made[2]?.endpoint, made[1]?.endpoint]);
    await pushes.subscribe(alice, { ...(made[1] as (typeof made)[0]).fields, expiresAt: clock.now() + 1000 });
    assert.deepEqual(await list(), [made[1]?.endpoint, made[2]?.endpoint]);
    clock.advance(2000);
    assert.deepEqual(await list(), [made[2]?.endpoint]);
    clock.advance(90_000);
    assert.deepEqual(await list(), []);
    assert.equal(await pushes.has(alice), false);
  });

  it("drops what is too much for one user, and too much at once", async () => {
    const { pushes } = open({ perMinute: 2 });
    await pushes.subscribe(alice, service.subscription().fields);
    const sent = [];
    for (let turn = 0; turn < 4; turn++) sent.push(await pushes.send(alice, note, manner));
    assert.deepEqual(sent, [1, 1, 0, 0]);
    clock.advance(61_000);
    assert.equal(await pushes.send(alice, note, manner), 1);
    const small = open({ atOnce: 1 }).pushes;
    for (const one of [service.subscription(), service.subscription()]) await small.subscribe(alice, one.fields);
    assert.equal(await small.send(alice, note, manner), 1);
    assert.equal(small.sending, 0);
  });

  it("takes no endpoint that may not be connected to, and no key that is none", async () => {
    const { pushes } = open({ privateServices: false });
    const good = { ...service.subscription().fields, endpoint: "https://push.example.org/abc" };
    await assert.rejects(pushes.subscribe(alice, { ...good, endpoint: "https://10.0.0.1/" }), { code: "bad-endpoint" });
    await assert.rejects(pushes.subscribe(alice, { ...good, p256dh: "A".repeat(87) }), { code: "bad-key" });
    await pushes.subscribe(alice, good);
    await pushes.unsubscribe(alice, good.endpoint);
    assert.equal(await pushes.has(alice), false);
  });
});
