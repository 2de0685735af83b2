import assert from "node:assert/strict";
import { browserOffer, FrameClient, type Received } from "../support/frame-client.ts";
import { domain, patience, TestGateway } from "../support/gateway.ts";
import { RegisteredUa } from "../support/registered-ua.ts";
import { showCall } from "../support/story-reader.ts";
import { only } from "../support/sip-ua.ts";
import { until } from "../support/until.ts";

const shop = "https://shop.test";
const friend = "https://friend.test";
const carol = { user: `carol@${domain}` };
const nobody = { user: `bob@${domain}` };

const common = { label: "Shop", domain, origins: [shop], targets: [`user:carol@${domain}`, `user:bob@${domain}`] };
const appKeys = [
  { ...common, key: "shop-key-1f00d", longestCall: 1500, callsAtOnce: 2 },
  { ...common, key: "rare-key-1f00d", label: "Rare", callsPerMinute: 2 },
  { ...common, key: "friend-key-1f00d", label: "Friend", origins: [friend] },
];

describe("an application key", function () {
  this.timeout(patience);
  let gateway: TestGateway;
  let phone: RegisteredUa;

  before(async () => {
    gateway = await TestGateway.start({ env: { GATEWAY_HTTP_ORIGINS: friend }, settings: { appKeys } });
    phone = await RegisteredUa.open(gateway, "carol");
  });

  after(async () => {
    await phone?.close();
    await gateway?.assertIdle();
    await gateway?.stop();
  });

  const from = (origin: string): Promise<FrameClient> => FrameClient.open(gateway, { headers: { origin } });

  async function guest(key = "shop-key-1f00d", origin = shop): Promise<FrameClient> {
    const client = await from(origin);
    await client.signIn({ appKey: key });
    return client;
  }

  /** What a page tells that hears the far end well. */
  const quality = { mos: 4.3, loss: 0, jitterMs: 5, rttMs: 20, sent: 0, received: 60 };
  const pair = { local: "host 192.0.2.1:5000", remote: "host 192.0.2.2:6000", protocol: "udp" };
  const offer = { kind: "offer", sdp: "v=0", generation: 1 };
  const start = (client: FrameClient, target: object): Promise<Received> =>
    client.request("call.start", { target, description: offer });

  it("makes a guest of a page of its own site, that nobody can call", async () => {
    const client = await from(shop);
    const opened = await client.signIn({ appKey: "shop-key-1f00d", displayName: "Maria" });
    assert.match(String(opened.user), new RegExp(`^guest-[2-9a-z]{8}@${domain}$`));
    assert.deepEqual([opened.guest, opened.name], [true, "Shop: Maria"]);
    const alice = await FrameClient.signedIn(gateway, "alice");
    const { contacts } = (await alice.event("presence.snapshot")) as unknown as { contacts: { target: object }[] };
    assert.equal(JSON.stringify(contacts).includes("guest-"), false);
    const callId = await alice.call({ user: String(opened.user) });
    assert.equal((await alice.ended(callId)).reason, "not-found");
    assert.deepEqual(
      client.frames.map(({ type }) => type),
      ["session.opened"],
    );
    await Promise.all([alice.close(), client.close()]);
  });

  it("of a site that no key names lets nobody connect", async () => {
    const client = await from("https://evil.test");
    assert.equal((await client.next("a refusal", ({ type }) => type === "refused")).code, "origin-refused");
    assert.equal((await client.closed()).code, 4403);
  });

  for (const [what, key, origin, code] of [
    ["of another site", "friend-key-1f00d", shop, "origin-refused"],
    ["on a page of ours", "shop-key-1f00d", undefined, "origin-refused"],
    ["on a page that may connect, but is not its own", "shop-key-1f00d", friend, "origin-refused"],
    ["that nobody gave out", "made-up-key-1f00d", shop, "token-refused"],
  ] as const) {
    it(`${what} makes no guest: ${code}`, async () => {
      const client = await from(origin ?? `http://localhost:${gateway.httpPort}`);
      assert.equal((await client.request("session.open", { appKey: key })).code, code);
      await client.close();
    });
  }

  it("is all that its site gains: no token and no development sign-in from there", async () => {
    const client = await from(shop);
    assert.equal((await client.request("session.open", { user: `alice@${domain}` })).code, "origin-refused");
    assert.equal((await client.request("session.open", { token: "x.y.z" })).code, "origin-refused");
    await client.close();
  });

  for (const target of [{ tel: "600" }, { user: `alice@${domain}` }, { tel: "112" }, { sip: "sip:x@example.org" }]) {
    it(`does not reach ${JSON.stringify(target)}`, async () => {
      const client = await guest();
      assert.equal((await start(client, target)).code, "not-allowed");
      await client.close();
    });
  }

  it("ends the longest call by name, on both sides; the callee sees who calls", async () => {
    const client = await guest();
    const description = { ...offer, sdp: browserOffer.replace("a=sendrecv", "a=recvonly") };
    const started = await client.request("call.start", { target: carol, description });
    const callId = String(started.callId);
    const invite = await phone.ua.request("INVITE");
    assert.match(only(invite, "from"), /^"Shop" <sip:guest-/);
    await phone.answerWithTone(invite, 440);
    const answered = await client.event("call.answered", callId);
    await client.request("call.report", { callId, pair, quality });
    const ended = await client.ended(callId);
    assert.deepEqual([ended.reason, ended.by], ["time-limit", "system"]);
    const lasted = ended.at - answered.at;
    assert.ok(lasted > 1400 && lasted < 3000, `${lasted} ms`);
    assert.match(only(await phone.ua.request("BYE"), "reason"), /time-limit/);
    const reference = String(started["reference"]);
    const told = await until("its story", () => showCall(gateway.stateDir, reference).catch(() => undefined), 15_000);
    assert.match(told, /As long as a guest may call/);
    await client.close();
  });

  it("has so many calls at once, whoever starts them", async () => {
    const clients = [await guest(), await guest(), await guest()] as const;
    const ringing = [await clients[0].call(carol), await clients[1].call(carol)];
    const invites = [await phone.ua.request("INVITE"), await phone.ua.request("INVITE")];
    // RFC 3261 9.1: what was not answered provisionally cannot be cancelled.
    for (const invite of invites) phone.ua.reply(invite, 180, "Ringing");
    for (const [index, callId] of ringing.entries()) await clients[index]?.event("call.ringing", callId);
    assert.equal((await start(clients[2], carol)).code, "overload");
    await clients[0].end(ringing[0] ?? "");
    await clients[1].end(ringing[1] ?? "");
    for (const invite of invites) {
      await phone.ua.request("CANCEL");
      phone.ua.reply(invite, 487, "Request Terminated");
      await phone.ua.request("ACK");
    }
    const again = await clients[2].call(nobody);
    assert.equal((await clients[2].ended(again)).reason, "unavailable");
    await Promise.all(clients.map((client) => client.close()));
  });

  it("starts so many calls in a minute, whoever starts them, and says when the next may be", async () => {
    for (let turn = 0; turn < 2; turn++) {
      const client = await guest("rare-key-1f00d");
      await client.ended(await client.call(nobody));
      await client.close();
    }
    const client = await guest("rare-key-1f00d");
    const refused = await start(client, nobody);
    assert.equal(refused.code, "rate-limited");
    const wait = Number(refused.retryAfterMs);
    assert.ok(wait > 40_000 && wait <= 60_000, `${wait} ms`);
    await client.close();
  });

  it("is counted by its label and the reason", async () => {
    const refused = (key: string, reason: string): string =>
      `offhook_app_key_refused_total{key="${key}",reason="${reason}"}`;
    const counted = await until("the figures", () => gateway.metrics());
    assert.equal(counted[refused("Rare", "rate-limited")], 1);
    assert.equal(counted[refused("Shop", "overload")], 1);
    assert.equal(counted[refused("Shop", "not-allowed")], 4);
    assert.equal(counted[refused("Friend", "origin-refused")], 1);
  });
});
