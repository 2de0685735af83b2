import assert from "node:assert/strict";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { systemClock } from "../../../gateway/base/clock.ts";
import { silentLogger } from "../../../gateway/base/log.ts";
import { ControlLink } from "../../../gateway/sip/control-link.ts";
import { until } from "../../support/until.ts";
import type { InRequest } from "../../../gateway/sip/link.ts";

const register = [
  "REGISTER sip:a.example SIP/2.0",
  "Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK1",
  "From: <sip:x@a.example>;tag=1",
  "To: <sip:x@a.example>",
  "Call-ID: c1",
  "CSeq: 1 REGISTER",
  "Content-Length: 0",
  "",
  "",
].join("\r\n");
const leader = `sip|network|${register.length}|udp|127.0.0.1|9|10:00:00.000000|t1|||127.0.0.1|5060`;

const frame = (payload: string): string => `${Buffer.byteLength(payload)}#${payload}`;

describe("control link", () => {
  let server: Server;
  let link: ControlLink;
  let mute = false;
  let pings = 0;
  let asked = 0;

  before(async () => {
    server = createServer((socket) => socket.on("data", (bytes) => serve(socket, String(bytes))));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  after(() => {
    link.stop();
    server.close();
  });

  /** Says yes to all, and has a request at hand the moment that it is connected. */
  function serve(socket: Socket, text: string): void {
    asked++;
    if (mute) return;
    for (const [, id = "", type = ""] of text.matchAll(/\d+#([\w-]+)\|(\w+)/g)) {
      if (type === "ping") pings++;
      const yes = frame(`r${id}|response|${id}|OK|udp/127.0.0.1:5060|v0.9.10+fork`);
      socket.write(type === "authenticate" ? yes + frame(`n1|${leader}\r\n${register}`) : yes);
    }
  }

  it("gives up a server that falls silent, and connects again", async () => {
    const { port } = server.address() as AddressInfo;
    const options = { host: "127.0.0.1", port, secret: "s", tag: "t", ping: 20, silence: 100 };
    link = new ControlLink(options, systemClock, silentLogger);
    const up = (): Promise<unknown> => new Promise((resolve) => link.once("up", resolve));
    const down = new Promise<string>((resolve) => link.once("down", resolve));
    link.start();
    await up();
    const since = performance.now();
    await until("some pings are answered", () => pings >= 10);
    assert.ok(performance.now() - since > 150 && link.isUp);
    mute = true;
    assert.equal(await down, "silent for 100 ms");
    mute = false;
    await up();
    link.stop();
  });

  it("tries again when a server takes the connection and answers nothing", async () => {
    const { port } = server.address() as AddressInfo;
    [mute, asked] = [true, 0];
    link = new ControlLink(
      { host: "127.0.0.1", port, secret: "s", tag: "t", deadline: 100 },
      systemClock,
      silentLogger,
    );
    const up = new Promise((resolve) => link.once("up", resolve));
    link.start();
    await until("it has asked", () => asked > 0);
    mute = false;
    await up;
    link.stop();
  });

  it("answers a request that came in the same segment as the consent to connect", async () => {
    const { port } = server.address() as AddressInfo;
    link = new ControlLink({ host: "127.0.0.1", port, secret: "s", tag: "t" }, systemClock, silentLogger);
    const arrived = new Promise<InRequest>((resolve) => link.on("request", resolve));
    link.start();
    const request = await arrived;
    assert.equal(request.method, "REGISTER");
    assert.ok(link.isUp);
    assert.ok((await request.respond({ status: 404 })).dialogId === "");
  });
});
