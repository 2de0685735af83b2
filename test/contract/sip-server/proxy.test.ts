import assert from "node:assert/strict";
import { type RunningSipServer, startSipServer } from "../../support/sip-server.ts";
import { only, type SipDialog, type SipMessage, SipUa, tagIn } from "../../support/sip-ua.ts";
import { until } from "../../support/until.ts";
import { Application } from "./application.ts";

const sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";

describe("the SIP server as a proxy", function () {
  this.timeout(20_000);
  let server: RunningSipServer;
  let app: Application;
  let caller: SipUa;
  let [one, two]: SipUa[] = [];

  before(async () => {
    server = await startSipServer();
    app = await Application.open(server, "invite", "register", "message");
  });

  beforeEach(async () => {
    [caller, one, two] = [await SipUa.open("caller"), await SipUa.open("one"), await SipUa.open("two")];
  });

  afterEach(() => Promise.all([caller, one, two].map((ua) => ua?.close())));

  after(async () => {
    app.close();
    try {
      await server.drained(8_200);
      assert.equal(server.log().includes("unexpected fault"), false, server.log());
    } finally {
      assert.equal(await server.stop(), 0);
    }
  });

  const callees = (): [SipUa, SipUa] => [one as SipUa, two as SipUa];
  const branch = (dialog: SipDialog): string => `z9hG4bK${dialog.callId}`;

  /** A call comes in, and is proxied to `targets`; `options` are the fields of the frame up to them. */
  const proxied = (options: string, ...targets: string[]) => proxiedWith([], options, ...targets);

  /** The same for an INVITE with more headers. */
  async function proxiedWith(headers: readonly string[], options: string, ...targets: string[]) {
    const peer = { address: "127.0.0.1", port: server.sip.udp ?? 0 };
    const dialog = caller.dialog(`sip:bob@127.0.0.1:${server.sip.udp}`, peer);
    caller.send(dialog, "INVITE", { body: sdp, headers, branch: branch(dialog) });
    const { transactionId } = await app.next(/^INVITE/);
    const text = `INVITE ${targets[0]} SIP/2.0\r\nX-Added: yes\r\n\r\n`;
    return { dialog, id: app.send(`proxy|${transactionId}|${options}|${targets.join("|")}`, text) };
  }

  /** The statuses that the application was told, and `done`. */
  const told = (id: string): string[] =>
    app.frames
      .filter(({ fields }) => fields[0] === id)
      .map(({ fields, sip }) =>
        fields[1] === "OK" && sip ? (sip.toString().split(" ")[1] ?? "") : fields.slice(1).join(" "),
      );
  const done = (id: string): Promise<unknown> => until("the proxy is done", () => told(id).includes("OK done"));
  const ackFailure = (dialog: SipDialog): void =>
    caller.send(dialog, "ACK", { cseq: dialog.cseq, branch: branch(dialog) });

  it("stays in the dialog by Record-Route, and only there", async () => {
    const [callee] = callees();
    const { dialog, id } = await proxied("remainInDialog|fullResponse||serial||", callee.uri);
    const invite = await callee.request("INVITE");
    assert.equal(invite.line, `INVITE ${callee.uri} SIP/2.0`);
    assert.equal(invite.headers.get("via")?.length, 2);
    assert.deepEqual([only(invite, "max-forwards"), only(invite, "x-added")], ["69", "yes"]);
    callee.reply(invite, 180, "Ringing");
    callee.reply(invite, 200, "OK", { body: sdp });
    const ok = await caller.final(dialog, "INVITE");
    assert.equal(ok.headers.get("via")?.length, 1);
    await done(id);
    assert.deepEqual(told(id), ["200", "OK done"]);
    const route = `Route: ${only(ok, "record-route")}`;
    dialog.remoteTag = tagIn(only(ok, "to"));
    dialog.target = callee.uri;
    caller.send(dialog, "ACK", { cseq: dialog.cseq, headers: [route] });
    assert.equal((await callee.request("ACK")).headers.get("route"), undefined);
    caller.send(dialog, "BYE", { headers: [route] });
    await callee.request("BYE");
    assert.equal((await caller.final(dialog, "BYE")).status, 200);
    const stranger = caller.dialog(callee.uri, dialog.peer);
    stranger.remoteTag = "x";
    caller.send(stranger, "BYE", { headers: [route] });
    assert.equal((await caller.final(stranger, "BYE")).status, 481);
  });

  it("rings all at once, and cancels who did not answer", async () => {
    const [first, second] = callees();
    const { dialog, id } = await proxied("|fullResponse||simultaneous||", first.uri, second.uri);
    const [left, right] = [await first.request("INVITE"), await second.request("INVITE")];
    first.reply(left, 180, "Ringing");
    second.reply(right, 180, "Ringing");
    await caller.next("180", ({ status }) => status === 180);
    second.reply(right, 200, "OK", { body: sdp });
    assert.equal((await caller.final(dialog, "INVITE")).status, 200);
    await first.request("CANCEL");
    first.reply(left, 487, "Request Terminated");
    await first.request("ACK");
    await done(id);
    assert.deepEqual(told(id).slice(0, 2), ["200", "OK done"]);
  });

  it("tells a caller that knows 199 which early dialog has failed (RFC 6228)", async () => {
    const [first, second] = callees();
    for (const [headers, expected] of [
      [["Supported: 199"], ["180", "180", "199"]],
      [[], ["180", "180"]],
      [
        ["Supported: 199, 100rel", "Require: 100rel"],
        ["180", "180"],
      ],
    ] as const) {
      const { dialog, id } = await proxiedWith(headers, "|fullResponse||simultaneous||", first.uri, second.uri);
      for (const [callee, tag] of [
        [first, "one"],
        [second, "two"],
      ] as const) {
        callee.reply(await callee.request("INVITE"), 180, "Ringing", { tag });
        await caller.next(`180 of ${tag}`, ({ status, raw }) => status === 180 && raw.includes(`tag=${tag}`));
      }
      const ringing = first.messages.findLast(({ method, status }) => method === "INVITE" && status === 0);
      first.reply(ringing as SipMessage, 486, "Busy Here", { tag: "one" });
      await until("the failure is known", () => told(id).includes("486"));
      const other = second.messages.findLast(({ method, status }) => method === "INVITE" && status === 0);
      second.reply(other as SipMessage, 200, "OK", { tag: "two", body: sdp });
      assert.equal((await caller.final(dialog, "INVITE")).status, 200);
      await done(id);
      const provisional = caller.messages.filter(
        ({ status, headers }) => status > 100 && status < 200 && headers.get("call-id")?.[0] === dialog.callId,
      );
      assert.deepEqual(
        provisional.map(({ status }) => String(status)),
        expected,
      );
      const over = provisional.find(({ status }) => status === 199);
      if (over) assert.deepEqual([tagIn(only(over, "to")), only(over, "reason")], ["one", "SIP;cause=486"]);
    }
  });

  it("tries one after another, and answers with the best failure", async () => {
    const [first, second] = callees();
    const { dialog, id } = await proxied("|fullResponse||serial||", first.uri, second.uri);
    first.reply(await first.request("INVITE"), 486, "Busy Here");
    second.reply(await second.request("INVITE"), 503, "Service Unavailable");
    assert.equal((await caller.final(dialog, "INVITE")).status, 486);
    ackFailure(dialog);
    await done(id);
    assert.deepEqual(told(id), ["486", "503", "OK done"]);
  });

  it("goes on to the next when nobody answers in time", async () => {
    const [first, second] = callees();
    const { dialog } = await proxied("|fullResponse||serial|200ms|", first.uri, second.uri);
    await first.request("INVITE");
    second.reply(await second.request("INVITE"), 603, "Decline");
    assert.equal((await caller.final(dialog, "INVITE")).status, 603);
    ackFailure(dialog);
  });

  it("follows a redirection when it is asked to", async () => {
    const [first, second] = callees();
    const { dialog, id } = await proxied("|fullResponse|followRedirects|serial||", first.uri);
    const moved = { headers: [`Contact: <${second.uri}>`] };
    first.reply(await first.request("INVITE"), 302, "Moved Temporarily", moved);
    const invite = await second.request("INVITE");
    assert.equal(invite.line, `INVITE ${second.uri} SIP/2.0`);
    second.reply(invite, 200, "OK", { body: sdp });
    assert.equal((await caller.final(dialog, "INVITE")).status, 200);
    await done(id);
    assert.deepEqual(told(id), ["302", "200", "OK done"]);
  });

  it("hands a redirection on when it is not", async () => {
    const [first, second] = callees();
    const { dialog } = await proxied("|fullResponse||serial||", first.uri);
    const moved = { headers: [`Contact: <${second.uri}>`] };
    first.reply(await first.request("INVITE"), 302, "Moved Temporarily", moved);
    assert.equal(only(await caller.final(dialog, "INVITE"), "contact"), `<${second.uri}>`);
    ackFailure(dialog);
  });

  it("cancels all branches with the caller", async () => {
    const [first, second] = callees();
    const { dialog, id } = await proxied("|fullResponse||simultaneous||", first.uri, second.uri);
    const invites: [SipUa, SipMessage][] = [];
    for (const callee of [first, second]) {
      const invite = await callee.request("INVITE");
      callee.reply(invite, 180, "Ringing");
      invites.push([callee, invite]);
    }
    await caller.next("180", ({ status }) => status === 180);
    caller.send(dialog, "CANCEL", { cseq: dialog.cseq, branch: branch(dialog) });
    for (const [callee, invite] of invites) {
      await callee.request("CANCEL");
      callee.reply(invite, 487, "Request Terminated");
    }
    assert.equal((await caller.final(dialog, "INVITE")).status, 487);
    ackFailure(dialog);
    await done(id);
  });

  it("refuses what has come too far, and what it does not know", async () => {
    const peer = { address: "127.0.0.1", port: server.sip.udp ?? 0 };
    const dialog = caller.dialog(`sip:bob@127.0.0.1:${server.sip.udp}`, peer);
    const text = [
      `MESSAGE sip:bob@127.0.0.1:${server.sip.udp} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${caller.port};branch=z9hG4bKfar;rport`,
      "Max-Forwards: 0",
      `From: <sip:caller@127.0.0.1>;tag=${dialog.localTag}`,
      "To: <sip:bob@example.com>",
      `Call-ID: ${dialog.callId}`,
      "CSeq: 1 MESSAGE",
      "Content-Length: 0",
      "",
      "",
    ].join("\r\n");
    caller.raw(text, peer);
    const { transactionId } = await app.next(/^MESSAGE/);
    const order = `proxy|${transactionId}||fullResponse||serial|||sip:x@127.0.0.1:9`;
    const answer = await app.ask(order, "MESSAGE sip:x@127.0.0.1:9 SIP/2.0\r\n\r\n");
    assert.deepEqual(answer.fields, ["NOK", "Rejected with 483 Too Many Hops due to Max-Forwards value of 0"]);
    assert.equal((await caller.final(dialog, "MESSAGE")).status, 483);
    assert.equal((await app.ask(order, "MESSAGE sip:x@127.0.0.1:9 SIP/2.0\r\n\r\n")).fields[0], "NOK");
  });

  it("refuses what requires an extension of proxies: 420 (RFC 3261 16.3)", async () => {
    const dialog = caller.dialog("sip:bob@example.com", { address: "127.0.0.1", port: server.sip.udp ?? 0 });
    caller.send(dialog, "MESSAGE", { headers: ["Proxy-Require: sec-agree", "Require: whatever"] });
    const { transactionId } = await app.next(/^MESSAGE/);
    const order = `proxy|${transactionId}||fullResponse||serial|||sip:x@127.0.0.1:9`;
    const answer = await app.ask(order, "MESSAGE sip:x@127.0.0.1:9 SIP/2.0\r\n\r\n");
    assert.deepEqual(answer.fields, ["NOK", "Rejected with 420 Bad Extension"]);
    const refused = await caller.final(dialog, "MESSAGE");
    assert.deepEqual([refused.status, only(refused, "unsupported")], [420, "sec-agree"]);
  });

  it("lets a spiral pass, and breaks a loop: 482 (RFC 3261 16.3)", async () => {
    const [next] = callees();
    const { id } = await proxied("|fullResponse||serial||", next.uri);
    const copy = await next.request("INVITE");
    const orderAgain = async (): Promise<string> => {
      const { transactionId } = await app.next(/^INVITE/);
      const text = `INVITE ${next.uri} SIP/2.0\r\n\r\n`;
      return app.send(`proxy|${transactionId}||fullResponse||serial|||${next.uri}`, text);
    };
    const peer = { address: "127.0.0.1", port: server.sip.udp ?? 0 };
    const comeBack = (invite: SipMessage, uri: string): void => {
      const via = `Via: SIP/2.0/UDP 127.0.0.1:${next.port};branch=z9hG4bK${Math.random()};rport`;
      const [, ...lines] = invite.raw.split("\r\n");
      next.raw([`INVITE ${uri} SIP/2.0`, via, ...lines].join("\r\n"), peer);
    };
    // Another target: a spiral, forwarded again.
    comeBack(copy, `sip:carol@127.0.0.1:${peer.port}`);
    const spiral = await orderAgain();
    const second = await next.next("the spiral", ({ headers }) => (headers.get("via")?.length ?? 0) === 4);
    assert.equal(only(second, "max-forwards"), "68");
    // The same again: a loop.
    comeBack(second, `sip:carol@127.0.0.1:${peer.port}`);
    const loop = await orderAgain();
    await until("the loop is refused", () => told(loop).includes("NOK Rejected with 482 Loop Detected"));
    assert.equal((await next.next("482", ({ status }) => status === 482)).method, "INVITE");
    for (const invite of [second, copy]) next.reply(invite, 486, "Busy Here");
    await done(spiral);
    await done(id);
    assert.deepEqual(
      [told(spiral), told(id)],
      [
        ["486", "OK done"],
        ["486", "OK done"],
      ],
    );
  });
});
