import assert from "node:assert/strict";
import { type RunningSipServer, startSipServer } from "../../support/sip-server.ts";
import { newBranch, only, type SipMessage, SipUa, tagIn } from "../../support/sip-ua.ts";
import { Application } from "./application.ts";
import { header, reply, request } from "./messages.ts";
import { StreamPeer } from "./stream-peer.ts";

const whole = /\r\n\r\n$/;
const instance = '+sip.instance="<urn:uuid:00000000-0000-1000-8000-000000000001>"';

describe("the SIP server as an edge proxy (RFC 5626 5, RFC 3327)", function () {
  this.timeout(20_000);
  let server: RunningSipServer;
  let app: Application;
  let registrar: SipUa;

  before(async () => {
    server = await startSipServer();
    app = await Application.open(server, "register", "invite");
    registrar = await SipUa.open("registrar");
  });

  after(async () => {
    app.close();
    await registrar.close();
    try {
      await server.drained(8_200);
      assert.equal(server.log().includes("unexpected fault"), false, server.log());
    } finally {
      assert.equal(await server.stop(), 0);
    }
  });

  const udp = () => ({ address: "127.0.0.1", port: server.sip.udp ?? 0 });

  /** Has the next request proxied to the registrar. */
  async function proxyNext(method: string, remain: string): Promise<SipMessage> {
    const { transactionId } = await app.next(new RegExp(`^${method}`));
    const text = `${method} ${registrar.uri} SIP/2.0\r\n\r\n`;
    app.send(`proxy|${transactionId}|${remain}|fullResponse||serial|||${registrar.uri}`, text);
    return registrar.request(method);
  }

  /** Registers over a connection; resolves with the Path that the registrar got. */
  async function register(client: StreamPeer, transport: string, contact: string, more: readonly string[] = []) {
    const lines = [`Contact: ${contact}`, ...more];
    client.send(request("REGISTER", transport, ...lines));
    const seen = await proxyNext("REGISTER", "");
    const path = only(seen, "path");
    registrar.reply(seen, 200, "OK", {
      headers: [`Contact: ${contact};expires=60`, ...(path ? [`Path: ${path}`] : [])],
    });
    await client.next(/^SIP\/2.0 200 [^]*\r\n\r\n/);
    return { path, required: only(seen, "require") };
  }

  /** The registrar sends a request outside a dialog by `route`. */
  function toClient(method: string, uri: string, route: string) {
    const dialog = registrar.dialog(uri, udp());
    const branch = newBranch();
    registrar.send(dialog, method, { headers: [`Route: ${route}`], branch });
    return { dialog, branch };
  }

  /** The status that such a request gets. */
  async function refusal(method: string, uri: string, route: string): Promise<number> {
    const { dialog, branch } = toClient(method, uri, route);
    const { status } = await registrar.final(dialog, method);
    if (method === "INVITE") registrar.send(dialog, "ACK", { cseq: dialog.cseq, branch, headers: [`Route: ${route}`] });
    return status;
  }

  for (const transport of ["TCP", "WS"] as const) {
    it(`reaches a client on its ${transport} connection, and says when that is gone`, async () => {
      const client = await (transport === "TCP"
        ? StreamPeer.tcp(server.sip.tcp ?? 0)
        : StreamPeer.ws(server.sip.ws ?? 0));
      const uri = `sip:alice@client.invalid;transport=${transport.toLowerCase()};ob`;
      const flowContact = `<${uri}>;reg-id=1;${instance}`;
      const { path, required } = await register(client, transport, flowContact, ["Supported: path, outbound"]);
      assert.match(path, new RegExp(`^<sip:[^@]+@127\\.0\\.0\\.1:${server.sip.udp};lr;ob>$`));
      assert.equal(required, "");

      const { dialog } = toClient("INVITE", uri, path);
      const invite = await client.next(whole);
      assert.match(invite, /^INVITE sip:alice@client\.invalid/);
      assert.equal(header(invite, "Route"), "");
      const routes = [...invite.matchAll(/^Record-Route: (.*)\r$/gm)].map(([, value]) => value ?? "");
      client.send(reply(invite, 200, `Contact: <${uri}>`, ...routes.map((route) => `Record-Route: ${route}`)));
      const ok = await registrar.final(dialog, "INVITE");
      dialog.remoteTag = tagIn(only(ok, "to"));
      dialog.target = uri;
      const headers = [`Route: ${[...(ok.headers.get("record-route") ?? [])].reverse().join(", ")}`];
      registrar.send(dialog, "ACK", { cseq: dialog.cseq, headers });
      assert.match(await client.next(whole), /^ACK sip:alice@client\.invalid/);

      // What the client sends in the dialog goes where its Request-URI says.
      const own = [
        `INFO ${registrar.uri} SIP/2.0`,
        `Via: SIP/2.0/${transport} client.invalid;branch=${newBranch()}`,
        `Route: ${routes.join(", ")}`,
        `From: ${header(invite, "To")};tag=peer`,
        `To: ${header(invite, "From")}`,
        `Call-ID: ${dialog.callId}`,
        "CSeq: 7 INFO",
        "Content-Length: 0",
        "",
        "",
      ];
      client.send(own.join("\r\n"));
      await registrar.request("INFO");
      await client.next(/^SIP\/2.0 200 [^]*\r\n\r\n/);

      registrar.send(dialog, "BYE", { headers });
      client.send(reply(await client.next(whole), 200));
      assert.equal((await registrar.final(dialog, "BYE")).status, 200);

      const before = await server.metric("offhook_sip_turned_away_total");
      assert.equal(
        await refusal(
          "INVITE",
          uri,
          path.replace(/.@/, (last) => (last === "A@" ? "B@" : "A@")),
        ),
        403,
      );
      assert.equal(await refusal("MESSAGE", uri, path.replace(/sip:[^@]+@/, "sip:alice@")), 403);
      assert.equal(client.received, "");
      client.close();
      await client.gone();
      const gone = async (): Promise<number> => refusal("MESSAGE", uri, path);
      assert.equal(await gone(), 430);
      assert.equal(await refusal("INVITE", uri, path), 430);
      registrar.send(dialog, "INFO", { headers });
      assert.equal((await registrar.final(dialog, "INFO")).status, 430);
      assert.equal((await server.metric("offhook_sip_turned_away_total")) - before, 5);
    });
  }

  it("reaches a UDP client at the address that it registered from", async () => {
    const client = await SipUa.open("alice");
    const uri = "sip:alice@10.1.2.3:5060;ob";
    const registration = client.dialog("sip:example.com", udp());
    const headers = [`Contact: <${uri}>;reg-id=1;${instance}`, "Supported: path, outbound"];
    client.send(registration, "REGISTER", { headers });
    const seen = await proxyNext("REGISTER", "");
    registrar.reply(seen, 200, "OK");
    const { dialog } = toClient("MESSAGE", uri, only(seen, "path"));
    assert.equal((await client.request("MESSAGE")).line, `MESSAGE ${uri} SIP/2.0`);
    assert.equal((await registrar.final(dialog, "MESSAGE")).status, 200);
    await client.close();
  });

  it("leads requests of a call back to a caller on its connection", async () => {
    const client = await StreamPeer.tcp(server.sip.tcp ?? 0);
    client.send(request("INVITE", "TCP"));
    const invite = await proxyNext("INVITE", "remainInDialog");
    const routes = (invite.headers.get("record-route") ?? []).join(", ");
    registrar.reply(invite, 200, "OK", { tag: "called" });
    const ok = await client.next(/^SIP\/2.0 200 /m);
    const dialog = { ...registrar.dialogOf(invite), localTag: "called", peer: udp() };
    registrar.send(dialog, "BYE", { headers: [`Route: ${routes}`] });
    const bye = await client.next(/^BYE /m);
    assert.equal(header(bye, "Call-ID"), header(ok, "Call-ID"));
    client.send(reply(bye, 200));
    assert.equal((await registrar.final(dialog, "BYE")).status, 200);
    client.close();
  });

  it("stays out of the way of clients that do not ask for it, unless the application does", async () => {
    const client = await StreamPeer.tcp(server.sip.tcp ?? 0);
    const plain = "<sip:alice@127.0.0.1:5999;transport=tcp>";
    assert.deepEqual(await register(client, "TCP", plain, ["Supported: path"]), { path: "", required: "" });
    assert.deepEqual(await register(client, "TCP", `${plain};reg-id=1`), { path: "", required: "" });
    client.send(request("REGISTER", "TCP", `Contact: ${plain}`));
    const seen = await proxyNext("REGISTER", "remainInDialog");
    assert.match(only(seen, "path"), /;lr>$/);
    assert.equal(only(seen, "require"), "path");
    registrar.reply(seen, 200, "OK");
    await client.next(/^SIP\/2.0 200 [^]*\r\n\r\n/);
    client.close();
  });
});
