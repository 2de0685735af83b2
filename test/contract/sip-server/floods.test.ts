import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { TestAuthority } from "../../support/certificates.ts";
import { canSendFrom, startFlood } from "../../support/flood.ts";
import { type RunningSipServer, startSipServer } from "../../support/sip-server.ts";
import { type SipMessage, SipUa, tagIn, only } from "../../support/sip-ua.ts";
import { until } from "../../support/until.ts";
import { openAnswering } from "./answering-application.ts";
import type { Application } from "./application.ts";
import { StreamPeer } from "./stream-peer.ts";
import { request } from "./messages.ts";

const stranger = "127.0.0.2";
/** Longer than 2,000 connections take to be made on a busy machine. */
const silentMs = 12_000;
const limits = { rate: 200, burst: 200, connectionsOfOne: 300 };

/** One message of a flood; `%n` makes each another one. */
const flooding = (method: string): string =>
  request(method, "UDP", "Via: SIP/2.0/UDP flood.invalid;branch=z9hG4bK-flood-%n")
    .replace(/^Call-ID: .*$/m, "Call-ID: flood-%n")
    .replace("alice@example.com", "flood@example.com");

describe("floods against the SIP server", function () {
  this.timeout(60_000);
  let authority: TestAuthority;
  let server: RunningSipServer;
  let app: Application;
  let ua: SipUa;
  let memoryBefore = 0;
  const sent: Record<string, number> = {};

  before(async function () {
    if (!(await canSendFrom(stranger))) this.skip();
    authority = await TestAuthority.create();
    const { files } = await authority.issue("ip:127.0.0.1");
    server = await startSipServer({
      t1: 20,
      sip: "udp/127.0.0.1:0,tcp/127.0.0.1:0,tls/127.0.0.1:0,ws/127.0.0.1:0",
      args: [
        ...["--tls-cert", files.cert, "--tls-key", files.key, "--trusted-networks", "127.0.0.1", "--drop-scanners"],
        ...["--rate-limit", String(limits.rate), "--rate-burst", String(limits.burst)],
        ...["--max-connections-of-one", String(limits.connectionsOfOne), "--max-connections", "2400"],
        // Overload by all together is another story: operation.test.ts.
        ...["--max-lag", "60000", "--max-busy", "60000"],
        ...["--half-message-timeout", "1000", "--silent-timeout", String(silentMs)],
      ],
    });
    app = await openAnswering(server, "options", "invite", "register");
    ua = await SipUa.open("alice");
    memoryBefore = memory();
  });

  after(async () => {
    app?.close();
    await ua?.close();
    authority?.close();
    try {
      await server?.drained(8_200);
      assert.equal(server?.log().includes("unexpected fault") ?? false, false, server?.log());
      const grown = memory() - memoryBefore;
      assert.ok(grown < 150, `${grown} MB more than before`);
      console.log(`      sent ${JSON.stringify(sent)}, crashes 0, gauges 0, memory +${grown} MB`);
    } finally {
      assert.equal(await server?.stop(), 0);
    }
  });

  /** Resident memory of the server in MB. */
  const memory = (): number =>
    Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))?.[1]) / 1024);
  const udp = () => ({ address: "127.0.0.1", port: server.sip.udp ?? 0 });
  const refused = async (why: string, transport: string): Promise<number> => {
    const text = await (await fetch(server.metricsUrl)).text();
    const line = `offhook_sip_turned_away_total{why="${why}",transport="${transport}"} `;
    return Number(text.split(line)[1]?.split("\n")[0] ?? 0);
  };

  /** What a telephone gets that repeats its request as RFC 3261 17.1 says; with the milliseconds that it took. */
  async function ask(method: string): Promise<{ final: SipMessage; ms: number }> {
    const dialog = ua.dialog(`sip:bob@127.0.0.1:${server.sip.udp}`, udp());
    const branch = `z9hG4bK${dialog.callId}`;
    const begin = performance.now();
    for (let tries = 1; ; tries++) {
      ua.send(dialog, method, { cseq: 1, branch });
      try {
        const final = await ua.final(dialog, method, 300);
        const tag = tagIn(only(final, "to"));
        if (method === "INVITE") ua.send({ ...dialog, remoteTag: tag }, "ACK", { cseq: 1 });
        if (method === "INVITE") ua.send({ ...dialog, remoteTag: tag }, "BYE", { cseq: 2 });
        return { final, ms: Math.round(performance.now() - begin) };
      } catch (fault) {
        if (tries === 20) throw fault;
      }
    }
  }

  /** Honest requests one after another; all must be served. Returns the longest wait in milliseconds. */
  async function othersAreServed(times: number): Promise<number> {
    let longest = 0;
    for (let turn = 0; turn < times; turn++) {
      const { final, ms } = await ask(turn % 2 === 0 ? "OPTIONS" : "INVITE");
      assert.equal(final.status, 200);
      longest = Math.max(longest, ms);
    }
    return longest;
  }

  const floods = {
    INVITE: flooding("INVITE"),
    REGISTER: flooding("REGISTER"),
    OPTIONS: flooding("OPTIONS"),
    garbage: "%n \u0001\u0002 nothing that means anything\r\n\r\n",
  };
  for (const [what, text] of Object.entries(floods)) {
    it(`serves others while one address floods it with ${what}`, async () => {
      const before = await refused("rate", "udp");
      const flood = await startFlood({ text, target: udp(), from: stranger, rate: 8_000 });
      await until("the limit is reached", async () => (await refused("rate", "udp")) > before + 500, 10_000);
      const longest = await othersAreServed(20);
      sent[what] = await flood.stop();
      console.log(`      ${sent[what]} ${what} from one address; the others waited ${longest} ms at most`);
    });
  }

  it("answers no scanner, from wherever it comes", async () => {
    const scan = request("OPTIONS", "UDP", "User-Agent: friendly-scanner");
    const before = await refused("scanner", "udp");
    for (let count = 0; count < 200; count++) ua.raw(scan, udp());
    await until("they are counted", async () => (await refused("scanner", "udp")) === before + 200);
    const peer = await StreamPeer.tcp(server.sip.tcp ?? 0);
    peer.send(scan);
    await peer.gone();
    assert.equal(peer.received, "");
    await othersAreServed(2);
    const callId = /^Call-ID: (.*)\r$/m.exec(scan)?.[1] ?? "?";
    assert.equal(
      ua.messages.some(({ raw }) => raw.includes(callId)),
      false,
    );
    sent["scanner"] = 201;
  });

  it("reads a connection more slowly that sends too much, and closes it when it goes on", async () => {
    const before = await refused("rate", "tcp");
    const socket = connect({ host: "127.0.0.1", port: server.sip.tcp ?? 0, localAddress: stranger });
    const closed = new Promise((done) => socket.once("close", done));
    socket.on("error", () => {}).on("data", () => {});
    const many = Array.from({ length: 2_000 }, () => request("OPTIONS", "TCP")).join("");
    socket.write(many);
    await othersAreServed(4);
    await closed;
    assert.ok((await refused("rate", "tcp")) > before);
    sent["OPTIONS over TCP"] = 2_000;
  });

  const open = (port: number, localAddress: string): Promise<Socket> => {
    const socket = connect({ host: "127.0.0.1", port, localAddress });
    socket.on("error", () => {});
    return new Promise((resolve) => socket.once("connect", () => resolve(socket)).once("close", () => resolve(socket)));
  };
  /** As many at once as the queue of a listener holds: what overflows it seems connected to us, and is not. */
  const openMany = async (count: number, port: number, from: string): Promise<Socket[]> => {
    const sockets: Socket[] = [];
    while (sockets.length < count) {
      const batch = Array.from({ length: Math.min(100, count - sockets.length) }, () => open(port, from));
      sockets.push(...(await Promise.all(batch)));
    }
    return sockets;
  };
  const closedOf = (sockets: Socket[]): number => sockets.filter(({ closed }) => closed).length;

  it("holds 2,000 idle connections, stalled handshakes and half messages, and ends all in time", async () => {
    const { tcp = 0, tls = 0, ws = 0 } = server.sip;
    const stalled = await openMany(100, tls, stranger);
    const upgrades = await openMany(50, ws, stranger);
    const halves = await openMany(100, tcp, stranger);
    for (const socket of halves) socket.write("OPTIONS sip:bob@example.com SIP/2.0\r\nVia: SIP");
    const idle = await openMany(2_000, tcp, "127.0.0.1");
    await until(
      "all are held",
      async () => (await server.metric("offhook_sip_connections_accepted")) >= 2_000,
      silentMs,
    );
    const peak = memory();
    const longest = await othersAreServed(10);
    const everything = [...stalled, ...upgrades, ...halves, ...idle];
    for (const socket of everything) socket.resume();
    await until("all are closed", () => closedOf(everything) === everything.length, 2 * silentMs);
    sent["idle connections"] = everything.length;
    console.log(`      ${everything.length} connections, memory ${peak} MB; the others waited ${longest} ms at most`);
    assert.equal(await server.metric("offhook_sip_connections_accepted"), 0);
    assert.ok(peak - memoryBefore < 200, `${peak - memoryBefore} MB more`);
  });

  it("takes so many connections of one address and no more, and so many in all", async () => {
    const { tcp = 0, tls = 0 } = server.sip;
    const ofOne = await openMany(limits.connectionsOfOne + 40, tcp, stranger);
    await until("those too many are closed", () => closedOf(ofOne) === 40);
    assert.equal(await refused("connections-of-one", "tcp"), 40);
    const more = await openMany(20, tls, stranger);
    await until("also those of TLS", () => closedOf(more) === 20);
    const others = await openMany(2_400 - limits.connectionsOfOne + 10, tcp, "127.0.0.1");
    await until("there are too many", () => closedOf(others) === 10);
    await othersAreServed(4);
    for (const socket of [...ofOne, ...others]) socket.destroy();
    await until("none is left", async () => (await server.metric("offhook_sip_connections_accepted")) === 0);
    (await StreamPeer.tcp(tcp)).close();
    sent["connections too many"] = 70;
  });
});
