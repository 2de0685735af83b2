import assert from "node:assert/strict";
import { connect } from "node:net";
import { type RunningSipServer, startSipServer } from "../../support/sip-server.ts";
import { only, SipUa } from "../../support/sip-ua.ts";
import { until } from "../../support/until.ts";
import { Application } from "./application.ts";
import { StreamPeer } from "./stream-peer.ts";

const head = (method: string, transport: string, ...more: string[]): string =>
  [
    `${method} sip:bob@127.0.0.1 SIP/2.0`,
    `Via: SIP/2.0/${transport} client.invalid;branch=z9hG4bK${Math.random().toString(36).slice(2)}`,
    "From: <sip:alice@example.com>;tag=f",
    "To: <sip:bob@example.com>",
    `Call-ID: ${Math.random()}`,
    `CSeq: 1 ${method}`,
    ...more,
    "",
    "",
  ].join("\r\n");

const garbage: ReadonlyArray<readonly [what: string, bytes: string | Buffer]> = [
  ["bytes of no meaning", Buffer.from(Array.from({ length: 512 }, (_, at) => (at * 7919) % 256 || 1))],
  ["another protocol", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"],
  ["a start line of nothing", "\0\0\0\0\0\0\0\0\0\0\r\n\r\n"],
  ["a header without a name", "OPTIONS sip:a SIP/2.0\r\n: x\r\nContent-Length: 0\r\n\r\n"],
  ["10,000 headers", `OPTIONS sip:a SIP/2.0\r\n${"a: b\r\n".repeat(10_000)}\r\n`],
];

describe("abuse of the SIP server", function () {
  this.timeout(20_000);
  let server: RunningSipServer;
  let app: Application;
  let ua: SipUa;

  before(async () => {
    server = await startSipServer({ args: ["--half-message-timeout", "300"] });
    app = await Application.open(server, "options", "message");
    ua = await SipUa.open();
  });

  /** The server lives, and others are served. */
  afterEach(async () => {
    const dialog = ua.dialog(`sip:bob@127.0.0.1:${server.sip.udp}`, {
      address: "127.0.0.1",
      port: server.sip.udp ?? 0,
    });
    ua.send(dialog, "OPTIONS");
    await app.respond(await app.next(/^OPTIONS/), 200);
    assert.equal((await ua.final(dialog, "OPTIONS")).status, 200);
  });

  after(async () => {
    app.close();
    await ua.close();
    try {
      await server.drained(8_200);
      assert.equal(server.log().includes("unexpected fault"), false, server.log());
    } finally {
      assert.equal(await server.stop(), 0);
    }
  });

  const udp = () => ({ address: "127.0.0.1", port: server.sip.udp ?? 0 });
  const tcp = () => StreamPeer.tcp(server.sip.tcp ?? 0);
  const ws = () => StreamPeer.ws(server.sip.ws ?? 0);

  for (const [what, bytes] of garbage) {
    it(`drops ${what} over UDP and counts it`, async () => {
      const before = await server.metric("offhook_sip_garbage_total");
      ua.raw(bytes, udp());
      await until("it is counted", async () => (await server.metric("offhook_sip_garbage_total")) > before);
    });

    it(`closes the connection that sent ${what} over TCP`, async () => {
      const peer = await tcp();
      peer.send(bytes);
      await peer.gone();
    });

    it(`closes the WebSocket that sent ${what}`, async () => {
      const peer = await ws();
      peer.send(bytes);
      await peer.gone();
    });
  }

  it("answers 400 to a request that lacks something, and to a datagram shorter than it says (RFC 3261 18.3)", async () => {
    ua.raw(head("OPTIONS", "UDP", "Content-Length: 100"), udp());
    assert.match((await ua.next("400", (message) => message.status === 400)).line, /Content-Length/);
    ua.raw(head("OPTIONS", "UDP", "Content-Length: -1"), udp());
    assert.match((await ua.next("400", (message) => message.status === 400)).line, /Content-Length/);
    ua.raw(head("OPTIONS", "UDP").replace(/CSeq.*\r\n/, ""), udp());
    assert.match((await ua.next("400", (message) => message.status === 400)).line, /CSeq/);
  });

  it("cuts off what a datagram holds beyond Content-Length", async () => {
    ua.raw(`${head("MESSAGE", "UDP", "Content-Type: text/plain", "Content-Length: 2")}hi there`, udp());
    const message = await app.next(/^MESSAGE/);
    assert.equal(message.body, "hi");
    await app.respond(message, 200);
  });

  it("takes a datagram of 65,507 bytes", async () => {
    const begin = head("MESSAGE", "UDP", "Content-Type: text/plain", "Content-Length: 00000");
    const length = 65_507 - begin.length;
    ua.raw(begin.replace("00000", String(length)) + "x".repeat(length), udp());
    const message = await app.next(/^MESSAGE/);
    assert.equal(message.body.length, length);
    assert.equal(message.fields[1], "65507");
    await app.respond(message, 200);
  });

  it("closes a TCP connection whose message is larger than 64 KiB, before all of it came", async () => {
    const peer = await tcp();
    peer.send(head("MESSAGE", "TCP", "Content-Type: text/plain", "Content-Length: 71680"));
    await peer.gone();
    const endless = await tcp();
    endless.send(`MESSAGE sip:a SIP/2.0\r\nX: ${"y".repeat(71_680)}`);
    await endless.gone();
  });

  it("closes streams and WebSockets with a Content-Length below zero", async () => {
    for (const peer of [await tcp(), await ws()]) {
      peer.send(head("OPTIONS", "TCP", "Content-Length: -1"));
      await peer.gone();
    }
  });

  it("closes a WebSocket whose message is larger than 64 KiB", async () => {
    const peer = await ws();
    peer.send(head("MESSAGE", "WS", "Content-Type: text/plain") + "x".repeat(71_680));
    await peer.gone();
  });

  it("closes a TCP connection that leaves a message half sent", async () => {
    for (const part of ["OPTIONS sip:a SIP/2.0\r\nVia", head("MESSAGE", "TCP", "Content-Length: 10") + "half"]) {
      const peer = await tcp();
      const begin = performance.now();
      peer.send(part);
      await peer.gone();
      assert.ok(performance.now() - begin > 250);
    }
  });

  it("answers messages sent in one go, and then drops what Content-Length leaves over", async () => {
    const peer = await tcp();
    const [one, two] = [0, 3].map((length) => head("MESSAGE", "TCP", "Content-Type: a/b", `Content-Length: ${length}`));
    peer.send(`${one}${two}abcdefg\r\n\r\n`);
    await peer.gone();
    for (let count = 0; count < 2; count++) await app.respond(await app.next(/^MESSAGE/), 200);
  });

  it("answers keep-alives (RFC 5626 3.5.1) and refuses WebSockets without the subprotocol (RFC 7118 4.1)", async () => {
    for (const peer of [await tcp(), await ws()]) {
      peer.send("\r\n\r\n");
      assert.equal(await peer.next(/\r\n/), "\r\n");
      peer.close();
    }
    await assert.rejects(StreamPeer.ws(server.sip.ws ?? 0, ["chat"]));
  });

  it("carries bodies that are no text byte for byte, both ways (body64)", async () => {
    const bytes = Buffer.from([0x00, 0x01, 0xff, 0x0d, 0x0a, 0x0d, 0x0a, 0xc3]);
    const begin = head("MESSAGE", "UDP", "Content-Type: application/vnd.3gpp.sms", `Content-Length: ${bytes.length}`);
    ua.raw(Buffer.concat([Buffer.from(begin), bytes]), udp());
    const message = await app.next(/^MESSAGE/);
    assert.match(message.text, /^X-Body-Encoding: base64\r$/m);
    assert.deepEqual(Buffer.from(message.body, "base64"), bytes);
    await app.respond(message, 200);
    const text = `MESSAGE sip:x@127.0.0.1:${ua.port} SIP/2.0\r\nContent-Type: a/b\r\nX-Body-Encoding: base64\r\n\r\n`;
    await app.ask("sip||", text + bytes.toString("base64"));
    const sent = await ua.request("MESSAGE");
    assert.equal(only(sent, "content-length"), String(bytes.length));
    assert.equal(sent.headers.has("x-body-encoding"), false);
    ua.reply(sent, 200, "OK");
  });

  it("closes control links that send no frames, or frames over 1 MiB", async () => {
    for (const bytes of ["GET / HTTP/1.1\r\n\r\n", "99999999#", `${(1 << 20) + 1}#x`, "0#", "-1#x"]) {
      const socket = connect(server.control.port, server.control.host);
      const closed = new Promise((done) => socket.once("close", done));
      socket.on("error", () => {});
      socket.write(bytes);
      await closed;
    }
    for (const frame of ["sip|only-one\r\nx", "nonsense|x", "sip||\r\n"]) {
      const other = await Application.open(server);
      const answer = await other.ask(...(frame.split("\r\n") as [string, string?]));
      assert.match(answer.fields[0] ?? "", /^(NO|NOK)$/, frame);
      other.close();
    }
  });
});
