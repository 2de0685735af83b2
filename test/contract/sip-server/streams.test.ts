import assert from "node:assert/strict";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { type RunningSipServer, startSipServer } from "../../support/sip-server.ts";
import { Application } from "./application.ts";
import { reply } from "./messages.ts";
import { StreamPeer } from "./stream-peer.ts";

describe("connections to the SIP server", function () {
  this.timeout(20_000);
  let server: RunningSipServer;
  let app: Application;

  before(async () => {
    server = await startSipServer();
    app = await Application.open(server, "register", "invite");
  });

  after(async () => {
    app.close();
    try {
      await server.drained(8_200);
    } finally {
      assert.equal(await server.stop(), 0);
    }
  });

  const register = (transport: string, user: string, expires: number): string =>
    [
      "REGISTER sip:example.com SIP/2.0",
      `Via: SIP/2.0/${transport} ${user}.invalid;branch=z9hG4bK${Math.random()}`,
      `From: <sip:${user}@example.com>;tag=r`,
      `To: <sip:${user}@example.com>`,
      `Call-ID: ${user}`,
      "CSeq: 1 REGISTER",
      `Contact: <sip:${user}@${user}.invalid;transport=${transport.toLowerCase()};ob>;expires=${expires}`,
      "Content-Length: 0",
      "",
      "",
    ].join("\r\n");

  async function registered(peer: StreamPeer, transport: string, user: string, expires = 600): Promise<void> {
    peer.send(register(transport, user, expires));
    const request = await app.next(/^REGISTER/);
    const contact = `Contact: <sip:${user}@${user}.invalid;transport=${transport.toLowerCase()};ob>;expires=${expires}`;
    await app.respond(request, 200, expires > 0 ? [contact] : ["Expires: 0"]);
    await peer.next(/^SIP\/2.0 200/);
  }

  for (const transport of ["WS", "TCP"] as const) {
    const open = (): Promise<StreamPeer> =>
      transport === "WS" ? StreamPeer.ws(server.sip.ws ?? 0) : StreamPeer.tcp(server.sip.tcp ?? 0);
    const lower = transport.toLowerCase();

    it(`calls a registered ${transport} client by its connection (RFC 7118 5)`, async () => {
      const peer = await open();
      const user = `alice${lower}`;
      await registered(peer, transport, user);
      const answer = await app.ask("sip||", `INVITE sip:${user}@${user}.invalid;transport=${lower};ob SIP/2.0\r\n\r\n`);
      assert.equal(answer.fields[3], lower);
      const invite = await peer.next(/^INVITE [^]*\r\n\r\n/);
      assert.match(invite, new RegExp(`^Via: SIP/2.0/${transport} 127.0.0.1:\\d+;branch=`, "m"));
      assert.match(invite, new RegExp(`^Contact: <sip:127.0.0.1:\\d+;transport=${lower}>\r$`, "m"));
      peer.send(reply(invite, 200, `Contact: <sip:${user}@${user}.invalid;transport=${lower}>`));
      const ok = await app.next(/^SIP\/2.0 200/);
      await app.inDialog(ok.dialogId, "ACK");
      await peer.next(/^ACK/);
      await app.inDialog(ok.dialogId, "BYE");
      peer.send(reply(await peer.next(/^BYE [^]*\r\n\r\n/), 200));
      await app.next(/^SIP\/2.0 200/);
      peer.close();
    });

    it(`answers 503 for a ${transport} client that is gone, and for a call that waits when it goes`, async () => {
      const peer = await open();
      const user = `bob${lower}`;
      await registered(peer, transport, user);
      const call = `INVITE sip:${user}@${user}.invalid;transport=${lower};ob SIP/2.0\r\n\r\n`;
      await app.ask("sip||", call);
      await peer.next(/^INVITE/);
      peer.close();
      await app.next(/^SIP\/2.0 503/);
      await app.ask("sip||", call);
      await app.next(/^SIP\/2.0 503/);
    });
  }

  it("forgets a client that unregisters", async () => {
    const peer = await StreamPeer.ws(server.sip.ws ?? 0);
    await registered(peer, "WS", "carol");
    assert.equal(await server.metric("offhook_sip_registered_flows"), 1);
    await registered(peer, "WS", "carol", 0);
    assert.equal(await server.metric("offhook_sip_registered_flows"), 0);
    peer.close();
  });

  it("connects to a TCP peer, and uses the connection again", async () => {
    const received: string[] = [];
    const sockets: Socket[] = [];
    const peer = createServer((socket) => {
      sockets.push(socket);
      socket.on("data", (chunk) => {
        received.push(String(chunk));
        socket.write(reply(String(chunk), 200));
      });
      socket.on("error", () => {});
    });
    await new Promise<void>((done) => peer.listen(0, "127.0.0.1", done));
    const { port } = peer.address() as AddressInfo;
    for (let count = 0; count < 2; count++) {
      await app.ask("sip||", `OPTIONS sip:x@127.0.0.1:${port};transport=tcp SIP/2.0\r\n\r\n`);
      await app.next(/^SIP\/2.0 200/);
    }
    assert.deepEqual([sockets.length, received.length], [1, 2]);
    for (const socket of sockets) socket.destroy();
    peer.close();
    await app.ask("sip||", `OPTIONS sip:x@127.0.0.1:9;transport=tcp SIP/2.0\r\n\r\n`);
    await app.next(/^SIP\/2.0 503/);
  });
});
