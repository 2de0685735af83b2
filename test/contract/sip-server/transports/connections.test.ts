import assert from "node:assert/strict";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { WebSocket } from "ws";
import { TestAuthority } from "../../../support/certificates.ts";
import { tcpFree } from "../../../support/ports.ts";
import { type RunningSipServer, startSipServer } from "../../../support/sip-server.ts";
import { only, SipUa } from "../../../support/sip-ua.ts";
import { elapsed, until } from "../../../support/until.ts";
import { Application } from "../application.ts";
import { reply, request } from "../messages.ts";
import { StreamPeer } from "../stream-peer.ts";

/** A port at which nobody listens now. */
async function deafPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  assert.ok(await tcpFree(port));
  return port;
}

async function stop(server: RunningSipServer, app: Application): Promise<void> {
  app.close();
  try {
    await server.drained(8_200);
    assert.equal(server.log().includes("unexpected fault"), false, server.log());
  } finally {
    assert.equal(await server.stop(), 0);
  }
}

describe("connections of peers are used for requests to them (RFC 5923)", function () {
  this.timeout(20_000);
  let authority: TestAuthority;
  let server: RunningSipServer;
  let app: Application;

  before(async () => {
    authority = await TestAuthority.create();
    const own = await authority.issue("ip:127.0.0.1");
    server = await startSipServer({
      sip: "tcp/127.0.0.1:0,tls/127.0.0.1:0",
      args: ["--tls-cert", own.files.both, "--tls-ca", authority.file, "--tls-client-certs", "ask"],
    });
    app = await Application.open(server, "options");
  });

  after(async () => {
    await stop(server, app);
    authority.close();
  });

  const open = async (transport: "TCP" | "TLS", certified: boolean): Promise<StreamPeer> => {
    if (transport === "TCP") return StreamPeer.tcp(server.sip.tcp ?? 0);
    const { cert, key } = await authority.issue("ip:127.0.0.1");
    return StreamPeer.tls(server.sip.tls ?? 0, { ca: authority.cert, ...(certified && { cert, key }) });
  };

  const cases = [
    ["TCP", false, "127.0.0.1", ";alias", "reused"],
    ["TCP", false, "127.0.0.1", "", "503"],
    ["TCP", false, "10.0.0.1", ";alias", "503"],
    ["TLS", true, "127.0.0.1", ";alias", "reused"],
    ["TLS", false, "127.0.0.1", ";alias", "503"],
  ] as const;
  for (const [transport, certified, host, alias, outcome] of cases) {
    const who = `${certified ? "with" : "without"} a certificate that says ${host}${alias} over ${transport}`;
    it(`${outcome === "reused" ? "yes" : "no"}: a peer ${who}`, async () => {
      const port = await deafPort();
      const peer = await open(transport, certified);
      peer.send(
        request("OPTIONS", transport, `Via: SIP/2.0/${transport} ${host}:${port};branch=z9hG4bK${port}${alias}`),
      );
      await app.respond(await app.next(/^OPTIONS/), 200);
      await peer.next(/^SIP\/2.0 200/);
      const uri = `sip:x@127.0.0.1:${port};transport=${transport.toLowerCase()}`;
      await app.ask("sip||", `OPTIONS ${uri} SIP/2.0\r\n\r\n`);
      if (outcome === "reused") peer.send(reply(await peer.next(/^OPTIONS [^]*\r\n\r\n/), 200));
      await app.next(outcome === "reused" ? /^SIP\/2.0 200/ : /^SIP\/2.0 503/);
      assert.equal(peer.received, "");
      peer.close();
    });
  }
});

describe("connections are kept alive, and closed when nobody uses them (RFC 5626 3.5, 4.4)", function () {
  this.timeout(20_000);
  let server: RunningSipServer;
  let app: Application;

  before(async () => {
    const times = { "half-message": 150, silent: 600, idle: 2000 };
    const args = Object.entries(times).flatMap(([name, ms]) => [`--${name}-timeout`, String(ms)]);
    server = await startSipServer({ args: [...args, "--keep-alive", "100", "--pong-timeout", "400"] });
    app = await Application.open(server, "options");
  });

  after(() => stop(server, app));

  it("answers a double line end with one, once, and counts it as use", async () => {
    const peer = await StreamPeer.tcp(server.sip.tcp ?? 0);
    peer.send("\r\n\r\n");
    assert.equal(await peer.next(/\n/), "\r\n");
    await elapsed(900);
    assert.deepEqual([peer.closed, peer.received], [false, ""]);
    await peer.gone();
  });

  it("closes an accepted connection that says nothing, and later one that has fallen silent", async () => {
    const mute = await StreamPeer.tcp(server.sip.tcp ?? 0);
    const began = performance.now();
    const peer = await StreamPeer.tcp(server.sip.tcp ?? 0);
    peer.send(request("OPTIONS", "TCP"));
    await app.respond(await app.next(/^OPTIONS/), 200);
    await mute.gone();
    assert.ok(performance.now() - began < 1_600);
    assert.equal(peer.closed, false);
    await peer.gone();
    assert.ok(performance.now() - began > 1_900);
  });

  it("closes a WebSocket whose frame, or whose message of many frames, does not end", async () => {
    for (const bytes of [
      Buffer.from([0x81]),
      Buffer.from([0x81, 0x85, 1, 2, 3, 4, 5]),
      Buffer.from([0x01, 0x81, 0, 0, 0, 0, 0x61]),
    ]) {
      const socket = new WebSocket(`ws://127.0.0.1:${server.sip.ws}`, ["sip"], { autoPong: false });
      await new Promise((done) => socket.once("open", done));
      const closed = new Promise<void>((done) => socket.once("close", () => done()));
      const began = performance.now();
      // What the library would never send.
      (socket as unknown as { _socket: Socket })._socket.write(bytes);
      await closed;
      const took = performance.now() - began;
      // Not for its silence, for which it would have had 600 ms.
      assert.ok(took >= 130 && took < 580, `after ${took} ms`);
    }
  });

  it("closes a WebSocket that answers no ping, and keeps one that does", async () => {
    const dead = await StreamPeer.ws(server.sip.ws ?? 0, ["sip"], "127.0.0.1", { autoPong: false });
    const alive = await StreamPeer.ws(server.sip.ws ?? 0);
    for (const peer of [dead, alive]) {
      peer.send(request("OPTIONS", "WS"));
      await app.respond(await app.next(/^OPTIONS/), 200);
    }
    await dead.gone(1_500);
    assert.equal(alive.closed, false);
    alive.close();
  });

  describe("that we made", () => {
    /** A TCP server; `pongs` says how many keep-alives it answers. */
    async function farEnd(pongs: number) {
      const seen = { pings: 0, closed: false };
      const far = createServer((socket) => {
        socket.on("error", () => {});
        socket.on("close", () => (seen.closed = true));
        socket.on("data", (data) => {
          if (String(data) !== "\r\n\r\n") return void socket.write(reply(String(data), 200));
          if (++seen.pings <= pongs) socket.write("\r\n");
        });
      });
      await new Promise<void>((done) => far.listen(0, "127.0.0.1", done));
      const { port } = far.address() as AddressInfo;
      await app.ask("sip||", `OPTIONS sip:x@127.0.0.1:${port};transport=tcp SIP/2.0\r\n\r\n`);
      await app.next(/^SIP\/2.0 200/);
      return { far, seen };
    }

    it("are pinged, and closed when a peer that answered answers no more", async () => {
      const { far, seen } = await farEnd(3);
      await until("the connection is given up", () => seen.closed, 1_700);
      assert.ok(seen.pings > 3);
      far.close();
    });

    it("stay with a peer that never answered: it may not know keep-alives", async () => {
      const { far, seen } = await farEnd(0);
      await until("pings", () => seen.pings >= 8);
      assert.equal(seen.closed, false);
      await until("it is idle", () => seen.closed);
      far.close();
    });
  });
});

describe("flows of registered clients (RFC 5626)", function () {
  this.timeout(20_000);
  let server: RunningSipServer;
  let app: Application;

  before(async () => {
    server = await startSipServer({ args: ["--disable-nat-detection"] });
    app = await Application.open(server, "register", "invite");
  });

  after(() => stop(server, app));

  const udp = () => ({ address: "127.0.0.1", port: server.sip.udp ?? 0 });

  it("reach a UDP client behind NAT where it registered from, in dialogs too", async () => {
    const ua = await SipUa.open("alice");
    const hidden = "sip:alice@10.1.2.3:5060;ob";
    const registration = ua.dialog("sip:example.com", udp());
    ua.send(registration, "REGISTER", { headers: [`Contact: <${hidden}>;reg-id=1;+sip.instance="<urn:uuid:1>"`] });
    const register = await app.next(/^REGISTER/);
    assert.match(register.text, /^Contact: <sip:alice@10.1.2.3:5060;ob>;reg-id=1;\+sip.instance="<urn:uuid:1>"\r$/m);
    const gruu = 'pub-gruu="sip:alice@example.com;gr=urn:uuid:1";temp-gruu="sip:tgruu.7hs@example.com;gr"';
    await app.respond(register, 200, [`Contact: <${hidden}>;expires=60;${gruu}`, "Path: <sip:edge.example;lr;ob>"]);
    const ok = await ua.final(registration, "REGISTER");
    assert.equal(only(ok, "contact"), `<${hidden}>;expires=60;${gruu}`);
    assert.equal(only(ok, "path"), "<sip:edge.example;lr;ob>");

    await app.ask("sip||", `INVITE ${hidden} SIP/2.0\r\n\r\n`);
    const invite = await ua.request("INVITE");
    ua.reply(invite, 200, "OK", { headers: [`Contact: <${hidden}>`] });
    const answer = await app.next(/^SIP\/2.0 200/);
    await app.inDialog(answer.dialogId, "ACK");
    await ua.request("ACK");
    await app.inDialog(answer.dialogId, "BYE");
    assert.match((await ua.request("BYE")).line, /sip:alice@10.1.2.3:5060;ob/);
    await app.next(/^SIP\/2.0 200/);
    await ua.close();
  });

  it("are several for one client, and the next is taken when the newest closes", async () => {
    const peers = [await StreamPeer.tcp(server.sip.tcp ?? 0), await StreamPeer.tcp(server.sip.tcp ?? 0)];
    const contact = "sip:bob@bob.invalid;transport=tcp;ob";
    for (const [at, peer] of peers.entries()) {
      const value = `Contact: <${contact}>;reg-id=${at + 1};+sip.instance="<urn:uuid:2>";expires=60`;
      peer.send(request("REGISTER", "TCP", value));
      await app.respond(await app.next(/^REGISTER/), 200, [value]);
      await peer.next(/^SIP\/2.0 200/);
    }
    for (const peer of peers.reverse()) {
      await app.ask("sip||", `OPTIONS ${contact} SIP/2.0\r\n\r\n`);
      peer.send(reply(await peer.next(/^OPTIONS [^]*\r\n\r\n/), 200));
      await app.next(/^SIP\/2.0 200/);
      peer.close();
      const left = peer === peers[0] ? 1 : 0;
      await until("it is gone", async () => (await server.metric("offhook_sip_connections_tcp")) === left);
    }
  });
});
