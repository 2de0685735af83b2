import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { WebSocket } from "ws";
import { silentLogger } from "../../../gateway/base/log.ts";
import { HttpEdge } from "../../../gateway/edge/http.ts";
import { PerAddress } from "../../../gateway/edge/per-address.ts";
import { WebSocketEdge, type EdgeSession } from "../../../gateway/edge/websocket.ts";
import { subprotocol } from "../../../gateway/protocol/version.ts";
import type { SessionSocket } from "../../../gateway/session/socket.ts";
import { until } from "../../support/until.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

/** A listening edge on a free port of 127.0.0.1, with sessions that only take notes. */
class Rig {
  readonly clock = new VirtualClock();
  readonly notes: string[] = [];
  readonly opened: SessionSocket[] = [];
  identity: object | undefined;
  readonly sockets = new WebSocketEdge({
    origins: ["https://shop.example"],
    signInTimeout: 1000,
    perAddress: new PerAddress(3),
    clock: this.clock,
    log: silentLogger,
    servesGuests: (origin) => origin === "https://button.example",
    open: (socket) => this.#session(socket),
  });
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
      welcome: (local) => ({
        product: "x",
        version: "1",
        development: local ? { users: [] } : null,
        testNumbers: [],
        phones: [],
        signIn: { password: false, oidc: [], code: false },
      }),
      health: () => ({ sip: true, media: false }),
      routes: [
        (app) => void app.get("/broken", async () => Promise.reject(new Error("the inside of a fault"))),
        (app) => void app.post("/echo", async (request) => request.body ?? {}),
      ],
      metrics: async () => "figures",
    });
    return rig;
  }

  async close(): Promise<void> {
    this.sockets.close();
    await this.http.close();
    await until("no timer", () => this.clock.pending === 0);
  }

  dial(options: { protocol?: string; origin?: string } = {}): WebSocket {
    const { protocol = subprotocol, origin } = options;
    return new WebSocket(`ws://127.0.0.1:${this.http.port}/ws`, protocol === "" ? [] : [protocol], {
      ...(origin !== undefined && { origin }),
    });
  }

  async open(): Promise<WebSocket> {
    const socket = this.dial();
    await once(socket, "open");
    return socket;
  }

  /** What a raw request is answered with; the connection is closed by the other side. */
  async raw(lines: readonly string[]): Promise<string> {
    const socket = connect(this.http.port, "127.0.0.1");
    socket.end(`${lines.join("\r\n")}\r\n\r\n`);
    let text = "";
    socket.on("data", (data) => (text += String(data)));
    await once(socket, "close");
    return text;
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
      disconnected: () => void notes.push("disconnected"),
    };
  }
}

const closeCode = async (socket: WebSocket): Promise<number> => {
  socket.on("error", () => {});
  const [code] = (await once(socket, "close")) as [number];
  return code;
};

describe("a browser's connection", () => {
  let rig: Rig;
  beforeEach(async () => (rig = await Rig.listen()));
  afterEach(() => rig.close());

  it("carries JSON both ways and is missed when it goes", async () => {
    const socket = await rig.open();
    assert.deepEqual([rig.opened[0]?.local, rig.opened[0]?.address], [true, "127.0.0.1"]);
    socket.send('{"type":"ping"}');
    await until("the frame", () => rig.notes.length === 1);
    rig.opened[0]?.send({ type: "pong", re: "1" });
    const [data] = (await once(socket, "message")) as [Buffer];
    assert.equal(String(data), '{"type":"pong","re":"1"}');
    socket.close();
    await until("the end", () => rig.notes.at(-1) === "disconnected");
    assert.deepEqual(rig.notes, ['{"type":"ping"}', "disconnected"]);
  });

  for (const [what, data, code] of [
    ["text that is not JSON", "{", "bad-frame"],
    ["bytes", Buffer.from("{}"), "bad-frame"],
    ["more than a frame may hold", `"${"x".repeat(262_144)}"`, "too-large"],
  ] as const) {
    it(`that sends ${what} is noted as ${code}`, async () => {
      const socket = await rig.open();
      socket.on("error", () => {});
      socket.send(data);
      await until(code, () => rig.notes.includes(code));
    });
  }

  for (const [what, options, code] of [
    ["from a strange page", { origin: "https://evil.example" }, 4403],
    ["without the subprotocol", { protocol: "" }, 1002],
  ] as const) {
    it(`${what} is turned away with ${code}`, async () => {
      assert.equal(await closeCode(rig.dial(options)), code);
      assert.deepEqual(rig.opened, []);
    });
  }

  it("from an allowed page is not local", async () => {
    await once(rig.dial({ origin: "https://shop.example" }), "open");
    assert.equal(rig.opened[0]?.local, false);
  });

  it("that is one too many of its address is turned away, until another has gone", async () => {
    const sockets = [await rig.open(), await rig.open(), await rig.open()];
    assert.equal(await closeCode(rig.dial()), 4429);
    sockets[0]?.close();
    await until("room", () => rig.notes.includes("disconnected"));
    await rig.open();
    assert.equal(rig.opened.length, 4);
  });

  it("that does not sign in in time is closed; one that did is not", async () => {
    const late = await rig.open();
    rig.clock.advance(999);
    assert.equal(late.readyState, WebSocket.OPEN);
    rig.clock.advance(1);
    assert.equal(await closeCode(late), 4408);
    rig.identity = {};
    const good = await rig.open();
    rig.clock.advance(1000);
    good.send("1");
    await until("the frame", () => rig.notes.includes("1"));
  });

  it("that answers no ping is given up (RFC 6455 5.5.2)", async () => {
    rig.identity = {};
    const deaf = rig.dial();
    deaf.pong = () => {};
    Object.assign(deaf, { _autoPong: false });
    await once(deaf, "open");
    rig.clock.advance(20_000);
    rig.clock.advance(20_000);
    await until("the end", () => rig.notes.includes("disconnected"));
  });

  for (const path of ["//", "/other", "/ws/..", "*", "http://", "/\\"]) {
    it(`to ${path} is answered with 404, and the next one is served`, async () => {
      const request = [`GET ${path} HTTP/1.1`, "Host: x", "Connection: Upgrade", "Upgrade: websocket"];
      assert.match(await rig.raw(request), /^HTTP\/1\.1 404/);
      await rig.open();
    });
  }
});

describe("the HTTP side", () => {
  let rig: Rig;
  beforeEach(async () => (rig = await Rig.listen()));
  afterEach(() => rig.close());

  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${rig.http.port}${path}`, { headers });

  it("welcomes this machine with the development sign-in, and no other", async () => {
    const welcome = async (headers = {}): Promise<unknown> =>
      ((await (await get("/api/welcome", headers)).json()) as { development: unknown }).development;
    assert.deepEqual(await welcome(), { users: [] });
    assert.equal(await welcome({ origin: "https://evil.example" }), null);
  });

  it("is unhealthy while a part is missing", async () => {
    const response = await get("/health");
    assert.deepEqual([response.status, await response.json()], [503, { sip: true, media: false }]);
  });

  it("shows figures to this machine, and says when the page is not built", async () => {
    assert.equal(await (await get("/metrics")).text(), "figures");
    const page = await get("/");
    assert.deepEqual([page.status, /not built/.test(await page.text())], [503, true]);
  });

  it("tells nobody what broke inside, and what it cannot read only that", async () => {
    const broken = await get("/broken");
    assert.equal(broken.status, 500);
    assert.equal((await broken.text()).includes("inside"), false);
    const headers = { "content-type": "application/json" };
    const url = `http://127.0.0.1:${rig.http.port}/echo`;
    const answer = await fetch(url, { method: "POST", headers, body: "{ pass" });
    assert.deepEqual([answer.status, ((await answer.json()) as { code: string }).code], [400, "bad-request"]);
  });

  it("sends the headers that keep other sites out of the page", async () => {
    const { headers } = await get("/health");
    assert.match(headers.get("content-security-policy") ?? "", /frame-ancestors 'none'/);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
  });
});
