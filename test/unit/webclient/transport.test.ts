import assert from "node:assert/strict";
import { connect } from "../../../webclient/index.ts";
import { pollUrl } from "../../../webclient/polling-socket.ts";
import { FakePlatform, turns, type FakeAnswer, type SentFrame } from "../../support/fake-platform.ts";

type Answered = { status: number; text: string };

/** A gateway that polls, too: its frames go the way that the page chose. */
class PollingPlatform extends FakePlatform {
  polls = true;
  readonly posts: string[] = [];
  readonly beacons: string[] = [];
  #frames: string[] = [];
  #waiting: ((answer: Answered) => void) | undefined;

  readonly post = async (url: string, body: string, signal: AbortSignal): Promise<Answered> => {
    const what = url.replace("http://gateway.test/poll/", "");
    this.posts.push(what);
    if (!this.polls) throw new TypeError("Failed to fetch");
    if (what === "open") return { status: 200, text: "secret" };
    if (what === "send") {
      for (const line of body.split("\n").slice(1)) this.#take(JSON.parse(line) as SentFrame);
      return { status: 204, text: "" };
    }
    return new Promise((resolve, reject) => {
      this.#waiting = resolve;
      signal.addEventListener("abort", () => reject(new Error("aborted")));
      if (this.#frames.length > 0) this.push();
    });
  };

  readonly beacon = (url: string, body: string): void => void this.beacons.push(`${url} ${body}`);

  /** To who polls. */
  push(...frames: object[]): void {
    this.#frames.push(...frames.map((frame) => JSON.stringify(frame)));
    this.#waiting?.({ status: 200, text: this.#frames.splice(0).join("\n") });
    this.#waiting = undefined;
  }

  /** The request that waits is answered by a proxy. */
  fail(status: number, text = ""): void {
    this.#waiting?.({ status, text });
    this.#waiting = undefined;
  }

  #take(frame: SentFrame): void {
    const rule = this.answers.get(frame.type);
    const answer: FakeAnswer | undefined = rule ? rule(frame) : { type: "ok" };
    if (answer) this.push({ ...answer, re: frame.id });
  }
}

const info = { sessionId: "s1", user: "alice@localhost", graceMs: 120_000 };

function gateway(): PollingPlatform {
  const platform = new PollingPlatform();
  platform.answers.set("session.open", () => ({ type: "session.opened", ...info }));
  platform.answers.set("session.resume", () => ({ type: "session.resumed", ...info, lastSeq: 0, calls: [] }));
  return platform;
}

const user = "alice@localhost";

describe("the address of long polling", () => {
  for (const [url, expected] of [
    ["ws://localhost:8080/ws", "http://localhost:8080/poll"],
    ["wss://example.org/ws", "https://example.org/poll"],
    ["wss://example.org/phone/ws", "https://example.org/phone/poll"],
    ["wss://example.org/socket", undefined],
  ])
    it(`of ${url} is ${expected}`, () => assert.equal(pollUrl(url ?? ""), expected));
});

describe("a page whose network blocks WebSocket", () => {
  it("polls after 4 s, or at once when the connection is refused", async () => {
    for (const refused of [false, true]) {
      const platform = gateway();
      platform.reachable = false;
      const opening = connect({ platform, user });
      if (refused) await turns().then(() => platform.socket.drop());
      else await platform.pass(4_000);
      const session = await opening;
      assert.deepEqual([session.view().transport, session.view().state], ["polling", "connected"]);
      await session.close();
      await turns();
      assert.equal(platform.clock.pending, 0);
    }
  });

  it("polls when a WebSocket opens and nothing comes through", async () => {
    const platform = gateway();
    platform.answers.set("session.open", () =>
      platform.posts.length > 0 ? { type: "session.opened", ...info } : undefined,
    );
    const opening = connect({ platform, user });
    await platform.pass(10_000);
    assert.equal((await opening).view().transport, "polling");
  });

  it("is told why there is no WebSocket when polling fails too", async () => {
    const platform = gateway();
    platform.reachable = platform.polls = false;
    platform.networkUp = false;
    const failed = assert.rejects(connect({ platform, user }), { code: "unreachable", detail: "offline" });
    await platform.pass(4_000);
    await failed;
    assert.equal(platform.clock.pending, 0);
  });

  it("returns to WebSocket once frames pass there, without being away", async () => {
    const platform = gateway();
    platform.reachable = false;
    const opening = connect({ platform, user });
    await platform.pass(4_000);
    const session = await opening;
    const states: string[] = [];
    session.on("state", ({ state, transport }) => states.push(`${state} ${transport}`));
    platform.answers.set("ping", () => undefined);
    platform.reachable = true;
    await platform.pass(9_000);
    platform.answers.set("ping", () => ({ type: "pong" }));
    assert.equal(session.view().transport, "polling");
    await platform.pass(60_000);
    assert.deepEqual(states, ["connected websocket"]);
    assert.equal(platform.socket.last("session.resume")["sessionId"], "s1");
    assert.deepEqual(platform.beacons, ["http://gateway.test/poll/close secret\n1000"]);
    await session.close();
    await turns();
    assert.equal(platform.clock.pending, 0);
  });
});

describe("a page that polls", () => {
  const polling = async (platform: PollingPlatform) => connect({ platform, user, transport: "polling" });

  it("opens no WebSocket when it was told to poll", async () => {
    const platform = gateway();
    const session = await polling(platform);
    await platform.pass(300_000);
    assert.deepEqual([platform.sockets.length, session.view().state], [0, "connected"]);
  });

  for (const [what, break_] of [
    ["a request is answered by a proxy", (platform: PollingPlatform) => platform.fail(502)],
    ["the gateway knows the connection no longer", (platform: PollingPlatform) => platform.fail(410, "1006")],
  ] as const)
    it(`goes on with its session when ${what}`, async () => {
      const platform = gateway();
      const session = await polling(platform);
      break_(platform);
      await turns();
      assert.equal(session.view().state, "reconnecting");
      await platform.pass(1_000);
      assert.equal(session.view().state, "connected");
      await session.close();
    });

  it("says goodbye when the page is left", async () => {
    const platform = gateway();
    await polling(platform);
    platform.page("left");
    assert.deepEqual(platform.beacons, ["http://gateway.test/poll/close secret\n1000"]);
  });
});

describe("a page that must use WebSocket", () => {
  it("does not poll", async () => {
    const platform = gateway();
    platform.reachable = false;
    const failed = assert.rejects(connect({ platform, user, transport: "websocket" }), { code: "unreachable" });
    await platform.pass(10_000);
    await failed;
    assert.deepEqual(platform.posts, []);
  });
});
