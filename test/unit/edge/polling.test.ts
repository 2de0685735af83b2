import assert from "node:assert/strict";
import { silentLogger } from "../../../gateway/base/log.ts";
import { HttpEdge } from "../../../gateway/edge/http.ts";
import { PerAddress } from "../../../gateway/edge/per-address.ts";
import { PollConnection } from "../../../gateway/edge/poll-connection.ts";
import { PollingEdge } from "../../../gateway/edge/polling.ts";
import { WebSocketEdge, type EdgeSession } from "../../../gateway/edge/websocket.ts";
import { limits } from "../../../gateway/protocol/version.ts";
import type { SessionSocket } from "../../../gateway/session/socket.ts";
import { until } from "../../support/until.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

/** A listening edge on a free port of 127.0.0.1, with sessions that only take notes. */
class Rig {
  readonly clock = new VirtualClock();
  readonly notes: string[] = [];
  readonly opened: SessionSocket[] = [];
  identity: object | undefined = {};
  readonly #options = {
    origins: ["https://shop.example"],
    signInTimeout: 1000,
    perAddress: new PerAddress(3),
    clock: this.clock,
    log: silentLogger,
    servesGuests: (origin: string) => origin === "https://button.example",
    open: (socket: SessionSocket) => this.#session(socket),
  };
  readonly polls = new PollingEdge(this.#options);
  readonly sockets = new WebSocketEdge(this.#options);
  http!: HttpEdge;

  static async listen(): Promise<Rig> {
    const rig = new Rig();
    rig.http = await HttpEdge.listen({
      host: "127.0.0.1",
      port: 0,
      pageDir: "/nonexistent",
      signInTimeout: 1000,
      origins: [],
      frameAncestors: [],
      sockets: rig.sockets,
      log: silentLogger,
      welcome: () => assert.fail("nobody asks"),
      health: () => ({ sip: true, media: true }),
      routes: [rig.polls.routes],
      metrics: async () => "",
    });
    return rig;
  }

  async close(): Promise<void> {
    this.polls.close();
    await this.sockets.close();
    await this.http.close();
    assert.deepEqual([this.polls.connections, this.clock.pending], [0, 0]);
  }

  async post(what: string, body = "", headers: Record<string, string> = {}) {
    const answer = await fetch(`http://127.0.0.1:${this.http.port}/poll/${what}`, { method: "POST", body, headers });
    return { status: answer.status, text: await answer.text(), headers: answer.headers };
  }

  /** One without requests. */
  connection(): PollConnection {
    const who = { address: "", local: true, transport: "polling", guestsOnly: false } as const;
    return new PollConnection({ who, ...this.#options, closed: () => {} });
  }

  async open(): Promise<string> {
    return (await this.post("open")).text;
  }

  get socket(): SessionSocket {
    const socket = this.opened.at(-1);
    assert.ok(socket);
    return socket;
  }

  #session(socket: SessionSocket): EdgeSession {
    this.opened.push(socket);
    const { notes } = this;
    const identity = (): object | undefined => this.identity;
    return {
      get identity() {
        return identity();
      },
      receive: (value) => void notes.push(JSON.stringify(value)),
      receiveGarbage: (code) => void notes.push(code),
      disconnected: (how) => void notes.push(how),
    };
  }
}

describe("a connection by long polling", () => {
  let rig: Rig;
  beforeEach(async () => (rig = await Rig.listen()));
  afterEach(() => rig.close());

  const pong = (re: string) => ({ type: "pong", re }) as const;

  it("carries frames both ways, in their order", async () => {
    const id = await rig.open();
    const { address, local, transport } = rig.socket;
    assert.deepEqual([address, local, transport], ["127.0.0.1", true, "polling"]);
    assert.equal((await rig.post("send", `${id}\n{"type":"ping"}\n{"type":"more"}`)).status, 204);
    assert.deepEqual(rig.notes, ['{"type":"ping"}', '{"type":"more"}']);
    const waiting = rig.post("receive", `${id}\n0`);
    await until("it waits", () => rig.clock.pending > 0);
    rig.socket.send(pong("1"));
    rig.socket.send(pong("2"), '{"as":"text"}');
    assert.equal((await waiting).text, '{"type":"pong","re":"1"}\n{"as":"text"}');
    rig.socket.send(pong("3"));
    assert.equal((await rig.post("receive", `${id}\n1`)).text, '{"type":"pong","re":"3"}');
    await rig.post("close", id);
    assert.equal(rig.notes.at(-1), "left");
  });

  it("is answered without frames after 20 s, and lost when nobody asks for 8 s", async () => {
    const { clock, notes } = rig;
    const connection = rig.connection();
    const notGone = (): void => {};
    clock.advance(7_999);
    const waiting = connection.receive(0, notGone);
    clock.advance(20_000);
    assert.deepEqual([await waiting, notes], [{ frames: "" }, []]);
    let goAway = (): void => {};
    const given = connection.receive(1, (gone) => (goAway = gone));
    clock.advance(19_999);
    goAway();
    clock.advance(7_999);
    assert.deepEqual(notes, []);
    clock.advance(1);
    assert.deepEqual([notes, await Promise.race([given, "nobody waits"])], [["lost"], "nobody waits"]);
    assert.equal((await rig.post("receive", "secret")).text, "1006");
  });

  it("answers a request that the browser sent again by the same; one of another time ends it", async () => {
    const id = await rig.open();
    rig.socket.send(pong("1"));
    const first = await rig.post("receive", `${id}\n0`);
    rig.socket.send(pong("2"));
    assert.deepEqual([(await rig.post("receive", `${id}\n0`)).text, first.status], [first.text, 200]);
    assert.equal((await rig.post("receive", `${id}\n1`)).text, '{"type":"pong","re":"2"}');
    for (const turn of ["0", "7", "x"]) assert.equal((await rig.post("receive", `${id}\n${turn}`)).status, 410);
    assert.deepEqual(rig.notes, ["lost"]);
  });

  it("that the gateway closes tells what was sent before, then the code", async () => {
    const id = await rig.open();
    rig.socket.send(pong("1"));
    rig.socket.close(4401, "token-expired");
    rig.socket.send(pong("2"));
    assert.equal((await rig.post("receive", `${id}\n0`)).text, '{"type":"pong","re":"1"}');
    const closed = await rig.post("receive", `${id}\n1`);
    assert.deepEqual([closed.status, closed.text, rig.polls.connections], [410, "4401", 0]);
  });

  for (const [code, how] of [
    ["", "left"],
    ["1000", "left"],
    ["4000", "lost"],
  ] as const)
    it(`is ${how} when the page says goodbye with ${code || "nothing"}`, async () => {
      const id = await rig.open();
      await rig.post("close", `${id}\n${code}`);
      assert.deepEqual(rig.notes, [how]);
    });

  it("that nobody signs in on in time is closed", async () => {
    rig.identity = undefined;
    const id = await rig.open();
    const waiting = rig.post("receive", `${id}\n0`);
    await rig.post("send", `${id}\n1`);
    rig.clock.advance(1_000);
    assert.equal((await waiting).text, "4408");
  });

  for (const [what, line, note] of [
    ["text that is no JSON", "{", "bad-frame"],
    ["more than a frame may hold", `"${"x".repeat(limits.frame)}"`, "too-large"],
  ] as const)
    it(`that sends ${what} is noted as ${note}`, async () => {
      const id = await rig.open();
      await rig.post("send", `${id}\n${line}`);
      assert.deepEqual(rig.notes, [note]);
    });

  it("takes only so much at once, and holds only so much that is not fetched", async () => {
    const id = await rig.open();
    assert.equal((await rig.post("send", [id, ...Array(65).fill("1")].join("\n"))).status, 400);
    assert.equal((await rig.post("send", `${id}\n${"x".repeat(2 * limits.frame)}`)).status, 413);
    for (let kilobytes = 0; kilobytes < 1_100; kilobytes += 100) rig.socket.send(pong("x".repeat(102_400)));
    assert.deepEqual([rig.notes, rig.polls.connections], [["lost"], 0]);
  });

  it("counts among those of its address", async () => {
    for (let made = 0; made < 3; made++) assert.equal((await rig.post("open")).status, 200);
    assert.equal((await rig.post("open")).status, 429);
    rig.clock.advance(8_000);
    assert.equal((await rig.post("open")).status, 200);
  });

  it("is for the pages that may connect", async () => {
    for (const what of ["open", "receive", "send", "close"])
      assert.equal((await rig.post(what, "", { origin: "https://evil.example" })).status, 403, what);
    assert.deepEqual(rig.opened, []);
    for (const [origin, guestsOnly] of [
      ["https://shop.example", false],
      ["https://button.example", true],
    ] as const) {
      const { headers } = await rig.post("open", "", { origin });
      assert.equal(headers.get("access-control-allow-origin"), origin);
      assert.deepEqual([rig.socket.guestsOnly, rig.socket.local], [guestsOnly, false]);
    }
  });

  it("is known by its secret only", async () => {
    await rig.open();
    for (const what of ["receive", "send"]) assert.equal((await rig.post(what, "guess\n{}")).status, 410);
    assert.equal((await rig.post("send", "{}", { "content-type": "application/json" })).status, 410);
    assert.deepEqual(rig.notes, []);
  });
});
