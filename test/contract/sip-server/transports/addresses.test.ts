import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { join } from "node:path";
import { type RunningSipServer, startSipServer } from "../../../support/sip-server.ts";
import { runSipp, startSipp } from "../../../support/sipp.ts";
import { only, SipUa } from "../../../support/sip-ua.ts";
import { until } from "../../../support/until.ts";
import { Application } from "../application.ts";
import { header, reply, request } from "../messages.ts";
import { runProgram } from "../program.ts";
import { StreamPeer } from "../stream-peer.ts";

const scenario = (name: string): string => join(import.meta.dirname, "../scenarios", `${name}.xml`);

const portOf = (server: RunningSipServer, start: string): number => {
  const address = server.addresses.find((one) => one.startsWith(start)) ?? "";
  return Number(address.slice(address.lastIndexOf(":") + 1));
};

async function stop(server: RunningSipServer): Promise<void> {
  try {
    await server.drained(8_200);
    assert.equal(server.log().includes("unexpected fault"), false, server.log());
  } finally {
    assert.equal(await server.stop(), 0);
  }
}

describe("SIP over IPv6", function () {
  this.timeout(20_000);
  let server: RunningSipServer;

  before(async () => {
    server = await startSipServer({ sip: "udp/[::1]:0,tcp/[::1]:0,ws/[::1]:0,udp/127.0.0.1:0" });
  });

  after(() => stop(server));

  for (const [transport, name] of [
    ["u1", "udp"],
    ["t1", "tcp"],
  ] as const) {
    it(`serves sipp by ${name}`, async () => {
      const program = await runProgram("uas", server);
      await program.printed("connected");
      const target = `[::1]:${portOf(server, `${name}/[::1]`)}`;
      const result = await runSipp({ scenario: scenario("caller"), target, host: "::1", transport, calls: 3 });
      assert.equal(result.code, 0, `${result.errors}\n${result.messages}`);
      await program.printed("ended", 3);
      await program.stop();
      const contact = `^Contact: <sip:\\[::1\\]:${portOf(server, `${name}/[::1]`)}${name === "tcp" ? ";transport=tcp" : ""}>`;
      assert.match(result.messages, new RegExp(contact, "m"));
    });
  }

  it("connects a caller with IPv6 to a callee with IPv4, and says to each where it is in its own words", async () => {
    const callee = await startSipp({ scenario: scenario("callee") });
    const program = await runProgram("b2bua", server, `sip:callee@127.0.0.1:${callee.port}`);
    await program.printed("connected");
    const target = `[::1]:${portOf(server, "udp/[::1]")}`;
    const result = await runSipp({ scenario: scenario("caller"), target, host: "::1" });
    assert.equal(result.code, 0, `${result.errors}\n${result.messages}`);
    const far = await callee.done;
    assert.equal(far.code, 0, `${far.errors}\n${far.messages}`);
    assert.match(far.messages, /^Via: SIP\/2.0\/UDP 127.0.0.1:/m);
    await program.stop();
  });

  it("notes where a request came from without brackets, and answers a WebSocket", async () => {
    const app = await Application.open(server, "options");
    const peer = await StreamPeer.ws(portOf(server, "ws/[::1]"), ["sip"], "[::1]");
    peer.send(request("OPTIONS", "WS"));
    const options = await app.next(/^OPTIONS/);
    assert.match(header(options.text, "Via"), /received=::1;rport=\d+/);
    assert.deepEqual(options.fields.slice(3, 4), ["::1"]);
    await app.respond(options, 200);
    await peer.next(/^SIP\/2.0 200/);
    peer.close();
    app.close();
  });

  it("sends to an address however it is written, and never to itself", async () => {
    const socket = createSocket("udp6");
    const received: string[] = [];
    await new Promise<void>((done) => socket.bind(0, "::1", done));
    socket.on("message", (data, from) => {
      received.push(String(data));
      socket.send(reply(String(data), 200), from.port, from.address);
    });
    const app = await Application.open(server);
    await app.ask("sip||", `OPTIONS sip:x@[0:0:0:0:0:0:0:1]:${socket.address().port} SIP/2.0\r\n\r\n`);
    await app.next(/^SIP\/2.0 200/);
    assert.match(received[0] ?? "", /^Via: SIP\/2.0\/UDP \[::1\]:\d+;rport;branch=/m);
    const own = `OPTIONS sip:x@[0::1]:${portOf(server, "udp/[::1]")} SIP/2.0\r\n\r\n`;
    assert.match((await app.ask("sip||", own)).fields.join(" "), /NOK can not send request to myself/);
    app.close();
    socket.close();
  });
});

describe("addresses that peers are told", function () {
  this.timeout(20_000);

  it("are the external one, except on our side of the NAT", async () => {
    const server = await startSipServer({
      sip: "udp/127.0.0.1:0,tcp/127.0.0.1:0",
      args: ["--external-ip", "192.0.2.7,2001:db8::7", "--local-networks", "127.0.0.2/31,10.0.0.0/8"],
    });
    const app = await Application.open(server, "invite", "options");
    for (const [address, told] of [
      ["127.0.0.9", "192.0.2.7"],
      ["127.0.0.3", "127.0.0.1"],
    ] as const) {
      const ua = await SipUa.open("peer", 0, address);
      await app.ask("sip||", `INVITE ${ua.uri} SIP/2.0\r\nFrom: <sip:me@localhost>\r\n\r\n`);
      const invite = await ua.request("INVITE");
      const own = `${told}:${server.sip.udp}`;
      assert.match(only(invite, "via"), new RegExp(`^SIP/2.0/UDP ${own};`));
      assert.equal(only(invite, "contact"), `<sip:${own}>`);
      assert.match(only(invite, "from"), new RegExp(`^<sip:me@${own}>;tag=`));
      ua.reply(invite, 486, "Busy Here");
      await app.next(/^SIP\/2.0 486/);
      await ua.request("ACK");

      const dialog = ua.dialog(`sip:bob@127.0.0.1:${server.sip.udp}`, {
        address: "127.0.0.1",
        port: server.sip.udp ?? 0,
      });
      ua.send(dialog, "INVITE");
      await app.respond(await app.next(/^INVITE/), 200);
      const ok = await ua.final(dialog, "INVITE");
      assert.equal(only(ok, "contact"), `<sip:${own}>`);
      dialog.remoteTag = /tag=(.*)$/.exec(only(ok, "to"))?.[1] ?? "";
      ua.send(dialog, "ACK", { cseq: 1 });
      ua.send(dialog, "BYE");
      await app.respond(await app.next(/^BYE/), 200);
      await ua.close();
    }
    app.close();
    await stop(server);
  });

  it("belong to the listener that is nearest to the peer", async () => {
    const server = await startSipServer({ sip: "udp/127.0.0.1:0,udp/127.0.7.1:0" });
    const app = await Application.open(server);
    const ua = await SipUa.open("peer", 0, "127.0.7.2");
    await app.ask("sip||", `OPTIONS ${ua.uri} SIP/2.0\r\n\r\n`);
    const options = await ua.request("OPTIONS");
    assert.match(only(options, "via"), /^SIP\/2.0\/UDP 127.0.7.1:/);
    assert.equal(options.from.address, "127.0.7.1");
    ua.reply(options, 200, "OK");
    await app.next(/^SIP\/2.0 200/);
    app.close();
    await ua.close();
    await stop(server);
  });

  it("are those of the machine where 0.0.0.0 is bound", async () => {
    const server = await startSipServer({ sip: "udp/0.0.0.0:0" });
    assert.ok(server.addresses.length >= 1);
    assert.ok(server.addresses.some((address) => address.startsWith("udp/127.0.0.1:")));
    assert.ok(server.addresses.every((address) => !address.includes("0.0.0.0")));
    await until("it answers", async () => (await server.metric("offhook_sip_dialogs")) === 0);
    await stop(server);
  });
});
