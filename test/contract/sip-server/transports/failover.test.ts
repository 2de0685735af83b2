import assert from "node:assert/strict";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { DnsServer } from "../../../support/dns-server.ts";
import { type RunningSipServer, startSipServer } from "../../../support/sip-server.ts";
import { only, type SipMessage, SipUa, tagIn } from "../../../support/sip-ua.ts";
import { until } from "../../../support/until.ts";
import { Application } from "../application.ts";
import { header, reply } from "../messages.ts";

const pad = `X-Pad: ${"x".repeat(1_400)}`;

/** A server on TCP that answers all requests with `status`. */
class TcpServer {
  readonly requests: string[] = [];
  status = 200;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("data", (data) => {
        if (String(data).startsWith("ACK")) return;
        this.requests.push(String(data));
        socket.write(reply(String(data), this.status, "Contact: <sip:far@127.0.0.1>"));
      });
    });
  }

  static async listen(port: number, host = "127.0.0.1"): Promise<TcpServer> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, host, resolve);
    });
    return new TcpServer(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}

describe("requests that are too large for a datagram (RFC 3261 18.1.1)", function () {
  this.timeout(20_000);
  let server: RunningSipServer;
  let app: Application;

  before(async () => {
    server = await startSipServer();
    app = await Application.open(server, "invite");
  });

  after(async () => {
    app.close();
    try {
      await server.drained(8_200);
    } finally {
      assert.equal(await server.stop(), 0);
    }
  });

  it("go by TCP, and say so in Via and Contact", async () => {
    const far = await TcpServer.listen(0);
    const answer = await app.ask("sip||", `INVITE sip:x@127.0.0.1:${far.port} SIP/2.0\r\n${pad}\r\n\r\n`);
    assert.equal(answer.fields[3], "tcp");
    const ok = await app.next(/^SIP\/2.0 200/);
    const [invite = ""] = far.requests;
    assert.match(header(invite, "Via"), /^SIP\/2.0\/TCP /);
    assert.match(header(invite, "Contact"), /;transport=tcp>$/);
    assert.equal(header(invite, "Call-ID"), header(ok.text, "Call-ID"));
    await app.inDialog(ok.dialogId, "ACK");
    await app.inDialog(ok.dialogId, "BYE");
    await app.next(/^SIP\/2.0 200/);
    far.close();
  });

  it("go by UDP where nobody listens for TCP: as the same request, which the application does not notice", async () => {
    const ua = await SipUa.open();
    for (const round of [1, 2]) {
      const answer = await app.ask("sip||", `INVITE ${ua.uri} SIP/2.0\r\n${pad}\r\n\r\n`);
      // Who refused once is not asked again soon.
      assert.equal(answer.fields[3], round === 1 ? "tcp" : "udp");
      const invite = await ua.request("INVITE");
      assert.equal(invite.headers.get("via")?.length, 1);
      assert.match(only(invite, "via"), /^SIP\/2.0\/UDP /);
      assert.doesNotMatch(only(invite, "contact"), /transport/);
      for (const name of ["Call-ID", "From", "CSeq"]) {
        assert.equal(only(invite, name.toLowerCase()), header(answer.text, name));
      }
      ua.reply(invite, 200, "OK");
      const ok = await app.next(/^SIP\/2.0 200/);
      await app.inDialog(ok.dialogId, "ACK");
      await ua.request("ACK");
      await app.inDialog(ok.dialogId, "BYE");
      await ua.request("BYE");
      await app.next(/^SIP\/2.0 200/);
    }
    await ua.close();
  });

  it("stay with UDP when the limit says so", async () => {
    const generous = await startSipServer({ args: ["--max-datagram", "60000"] });
    const other = await Application.open(generous);
    const [far, ua] = await Promise.all([TcpServer.listen(0), SipUa.open()]);
    await other.ask("sip||", `OPTIONS ${ua.uri} SIP/2.0\r\n${pad}\r\n\r\n`);
    assert.match(only(await ua.request("OPTIONS"), "via"), /UDP/);
    await other.next(/^SIP\/2.0 200/);
    assert.deepEqual(far.requests, []);
    far.close();
    other.close();
    await ua.close();
    await generous.stop();
  });
});

describe("servers that are found by name (RFC 3263)", function () {
  this.timeout(20_000);
  let dns: DnsServer;
  let server: RunningSipServer;
  let app: Application;
  let uas: SipUa[];

  before(async () => {
    dns = await DnsServer.start();
    server = await startSipServer({ args: ["--dns", dns.address] });
    app = await Application.open(server);
  });

  beforeEach(async () => {
    uas = await Promise.all(["one", "two", "three"].map((user) => SipUa.open(user)));
    for (const ua of uas) ua.autoOk.clear();
  });

  afterEach(() => Promise.all(uas.map((ua) => ua.close())));

  after(async () => {
    app.close();
    try {
      await server.drained(8_200);
      assert.equal(server.log().includes("unexpected fault"), false, server.log());
    } finally {
      assert.equal(await server.stop(), 0);
      await dns.stop();
    }
  });

  let domains = 0;

  /** A domain of the test's own, whose SRV records name the three servers in this order. */
  function domain(ports: readonly number[] = uas.map(({ port }) => port)): string {
    const name = `d${++domains}.example`;
    dns.zone = {
      [name]: [{ type: "NAPTR", order: 1, preference: 1, service: "SIP+D2U", replacement: `_sip._udp.${name}` }],
      [`_sip._udp.${name}`]: ports.map((port, at) => ({
        type: "SRV",
        priority: at,
        weight: 0,
        port,
        target: `host.${name}`,
      })),
      [`host.${name}`]: [{ type: "A", address: "127.0.0.1" }],
    };
    return name;
  }

  const send = (method: string, name: string): ReturnType<Application["ask"]> =>
    app.ask("sip||", `${method} sip:x@${name} SIP/2.0\r\n\r\n`);
  const at = (index: number): SipUa => uas[index] ?? assert.fail();

  it("are asked for by NAPTR, SRV and A, once as long as the answer may be kept", async () => {
    const name = domain();
    for (const round of [1, 2]) {
      await send("OPTIONS", name);
      at(0).reply(await at(0).request("OPTIONS"), 200, "OK");
      await app.next(/^SIP\/2.0 200/);
      assert.deepEqual(
        dns.questions.splice(0),
        round > 1 ? [] : [`NAPTR ${name}`, `SRV _sip._udp.${name}`, `A host.${name}`],
      );
    }
  });

  it("are asked for again when the time to live is over", async () => {
    const name = `d${++domains}.example`;
    dns.zone = { [name]: [{ type: "A", address: "127.0.0.1", ttl: 1 }] };
    const ask = async (): Promise<void> => {
      await app.ask("sip||", `OPTIONS sip:x@${name}:${at(0).port} SIP/2.0\r\n\r\n`);
      at(0).reply(await at(0).request("OPTIONS"), 200, "OK");
      await app.next(/^SIP\/2.0 200/);
    };
    await ask();
    dns.questions.splice(0);
    await until("it is asked for again", async () => (await ask(), dns.questions.includes(`A ${name}`)));
  });

  it("are left for the next one at 503, which is then spared as long as it asks for", async () => {
    const name = domain();
    await send("INVITE", name);
    const first = await at(0).request("INVITE");
    at(0).reply(first, 503, "Service Unavailable", { headers: ["Retry-After: 30"] });
    assert.equal((await at(0).request("ACK")).headers.get("cseq")?.[0], only(first, "cseq").replace("INVITE", "ACK"));
    const second = await at(1).request("INVITE");
    for (const same of ["call-id", "from", "cseq", "to"]) assert.equal(only(second, same), only(first, same));
    assert.notEqual(only(second, "via"), only(first, "via"));
    at(1).reply(second, 180, "Ringing", { tag: "b" });
    await app.next(/^SIP\/2.0 180/);
    at(1).reply(second, 486, "Busy Here", { tag: "b" });
    await app.next(/^SIP\/2.0 486/);
    await at(1).request("ACK");
    await send("OPTIONS", name);
    at(1).reply(await at(1).request("OPTIONS"), 200, "OK");
    await app.next(/^SIP\/2.0 200/);
  });

  it("are left when they say nothing, and a call that went to the next one is a call", async () => {
    const name = domain();
    const began = performance.now();
    await send("INVITE", name);
    const invite = await at(1).request("INVITE");
    // 10·T1 of 50 ms.
    assert.ok(performance.now() - began >= 450);
    at(1).reply(invite, 200, "OK", { tag: "b", headers: [`Contact: <${at(1).uri}>`] });
    const ok = await app.next(/^SIP\/2.0 200/);
    await app.inDialog(ok.dialogId, "ACK");
    assert.equal(tagIn(only(await at(1).request("ACK"), "to")), "b");
    await app.inDialog(ok.dialogId, "BYE");
    at(1).reply(await at(1).request("BYE"), 200, "OK");
    await app.next(/^SIP\/2.0 200/);
    assert.equal((await copies(at(0), "INVITE")).length >= 2, true);
  });

  const copies = (ua: SipUa, method: string): Promise<SipMessage[]> =>
    Promise.resolve(ua.messages.filter((message) => message.method === method));

  it("are not left once one is at work, nor for a call that was given up", async () => {
    const working = domain();
    await send("INVITE", working);
    const invite = await at(0).request("INVITE");
    at(0).reply(invite, 180, "Ringing", { tag: "a" });
    await app.next(/^SIP\/2.0 180/);
    at(0).reply(invite, 503, "Service Unavailable", { tag: "a" });
    await app.next(/^SIP\/2.0 503/);
    await at(0).request("ACK");
    const givenUp = domain();
    const sent = await send("INVITE", givenUp);
    await app.ask(`sip|${sent.fields[7]}|`, `CANCEL sip:x@${givenUp} SIP/2.0\r\n\r\n`);
    const other = await at(0).request("INVITE");
    at(0).reply(other, 503, "Service Unavailable");
    await app.next(/^SIP\/2.0 503/);
    assert.deepEqual((await copies(at(1), "INVITE")).length, 0);
  });

  it("are left when they refuse the connection; the last one's failure is the answer", async () => {
    const name = `d${++domains}.example`;
    const far = await TcpServer.listen(0);
    dns.zone = {
      [`_sip._tcp.${name}`]: [
        { type: "SRV", priority: 1, weight: 1, port: 9, target: `host.${name}` },
        { type: "SRV", priority: 2, weight: 1, port: far.port, target: `host.${name}` },
      ],
      [`host.${name}`]: [{ type: "A", address: "127.0.0.1" }],
    };
    const options = `OPTIONS sip:x@${name};transport=tcp SIP/2.0\r\n\r\n`;
    await app.ask("sip||", options);
    await app.next(/^SIP\/2.0 200/);
    assert.equal(dns.questions.includes(`NAPTR ${name}`), false);
    far.status = 503;
    await app.ask("sip||", options);
    assert.equal((await app.next(/^SIP\/2.0 503/)).fields[1] !== "", true);
    far.close();
    await until("both are gone", async () => (await server.metric("offhook_sip_connections_tcp")) === 0);
    await app.ask("sip||", options);
    await app.next(/^SIP\/2.0 503/);
  });

  it("that nobody knows give 503", async () => {
    dns.zone = {};
    await send("OPTIONS", "nobody.example");
    await app.next(/^SIP\/2.0 503/);
  });
});
