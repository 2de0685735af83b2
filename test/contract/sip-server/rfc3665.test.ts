import assert from "node:assert/strict";
import { type RunningSipServer, startSipServer } from "../../support/sip-server.ts";
import { only, type SipDialog, type SipMessage, SipUa, tagIn } from "../../support/sip-ua.ts";
import { Application, type SipFrame } from "./application.ts";

const sdp = (port: number): string =>
  `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0\r\n`;
const typed = ["Content-Type: application/sdp"];
const header = (text: string, name: string): string => new RegExp(`^${name}: (.*)\r$`, "im").exec(text)?.[1] ?? "";

/**
 * The call flows of RFC 3665 with one server (3.1, 3.5 to 3.7) or two of them as Atlanta's and Biloxi's proxies. What
 * the registrar of the gateway makes of the flows of clause 2 is told in test/unit/sip/registrar.test.ts and
 * test/flows/digest.test.ts; how a caller finds the second server when the first fails (3.4), in
 * transports/failover.test.ts too.
 */
describe("call flows (RFC 3665)", function () {
  this.timeout(30_000);
  let [atlanta, biloxi]: RunningSipServer[] = [];
  let apps: [atlanta: Application, biloxi: Application];
  let [alice, bob]: SipUa[] = [];

  before(async () => {
    [atlanta, biloxi] = await Promise.all([startSipServer({ t1: 20 }), startSipServer({ t1: 20 })]);
  });

  beforeEach(async () => {
    const verbs = ["invite", "register"];
    apps = [await Application.open(server(0), ...verbs), await Application.open(server(1), ...verbs)];
    [alice, bob] = [await SipUa.open("alice"), await SipUa.open("bob")];
  });

  afterEach(async () => {
    for (const app of apps) app.close();
    await Promise.all([alice?.close(), bob?.close()]);
  });

  after(async () => {
    for (const one of [server(0), server(1)]) {
      try {
        await one.drained(8_200);
        assert.equal(one.log().includes("unexpected fault"), false, one.log());
      } finally {
        assert.equal(await one.stop(), 0);
      }
    }
  });

  const server = (at: 0 | 1): RunningSipServer => (at === 0 ? atlanta : biloxi) as RunningSipServer;
  const ua = (name: "alice" | "bob"): SipUa => (name === "alice" ? alice : bob) as SipUa;
  const branch = (dialog: SipDialog): string => `z9hG4bK${dialog.callId}${dialog.cseq}`;
  const isTo = (name: "alice" | "bob", dialog: SipDialog): string[] =>
    ua(name)
      .messages.filter(({ headers }) => headers.get("call-id")?.[0] === dialog.callId)
      .map(({ status, method, headers }) => (status ? `${status} ${headers.get("cseq")?.[0]?.split(" ")[1]}` : method));
  /** What came, a copy (RFC 3261 17) counted once. */
  const seen = (name: "alice" | "bob", dialog: SipDialog): string[] => [...new Set(isTo(name, dialog))];

  function invite(): SipDialog {
    const port = server(0).sip.udp ?? 0;
    const dialog = ua("alice").dialog(`sip:bob@127.0.0.1:${port}`, { address: "127.0.0.1", port });
    again(dialog, []);
    return dialog;
  }
  function again(dialog: SipDialog, headers: readonly string[]): void {
    dialog.cseq++;
    const { cseq } = dialog;
    ua("alice").send(dialog, "INVITE", { body: sdp(4000), headers, branch: branch(dialog), cseq });
  }

  /** The final answer; acknowledged, as its kind demands (RFC 3261 13.2.2.4, 17.1.1.3). */
  async function answered(dialog: SipDialog): Promise<SipMessage> {
    const { cseq } = dialog;
    const fits = (message: SipMessage): boolean =>
      message.status >= 200 && only(message, "call-id") === dialog.callId && only(message, "cseq") === `${cseq} INVITE`;
    const final = await ua("alice").next("the answer to INVITE", fits);
    const tag = tagIn(only(final, "to"));
    if (final.status >= 300) ua("alice").send({ ...dialog, remoteTag: tag }, "ACK", { cseq, branch: branch(dialog) });
    else {
      dialog.remoteTag = tag;
      dialog.target = /<([^>]+)>/.exec(only(final, "contact"))?.[1] ?? dialog.target;
      ua("alice").send(dialog, "ACK", { cseq, headers: routes(final) });
    }
    return final;
  }
  const routes = (ok: SipMessage): string[] =>
    [...(ok.headers.get("record-route") ?? [])].reverse().map((route) => `Route: ${route}`);

  /** Each server passes INVITEs on: Atlanta's to Biloxi, and that to Bob. `check` may answer one instead. */
  function proxies(check: (at: 0 | 1, request: SipFrame) => boolean = () => true, options = "||"): void {
    const targets = [`sip:bob@127.0.0.1:${server(1).sip.udp}`, ua("bob").uri];
    for (const at of [0, 1] as const) {
      apps[at].onRequest((request) => {
        if (!request.line.startsWith("INVITE") || !check(at, request)) return;
        const line = `INVITE ${targets[at]} SIP/2.0\r\n\r\n`;
        apps[at].send(
          `proxy|${request.transactionId}|remainInDialog|fullResponse||serial${options}|${targets[at]}`,
          line,
        );
      });
    }
  }

  it("2.1 to 2.5: registration, its changes, and a refusal", async () => {
    const port = server(0).sip.udp ?? 0;
    const contacts = new Set<string>();
    apps[0].onRequest((request) => {
      if (!/password/.test(header(request.text, "Authorization"))) {
        return apps[0].reply(request, 401, ['WWW-Authenticate: Digest realm="atlanta", nonce="n"']);
      }
      const contact = header(request.text, "Contact");
      if (header(request.text, "Expires") === "0") contacts.clear();
      else if (contact !== "") contacts.add(contact);
      apps[0].reply(
        request,
        200,
        [...contacts].map((one) => `Contact: ${one};expires=3600`),
      );
    });
    const dialog = ua("bob").dialog(`sip:127.0.0.1:${port}`, { address: "127.0.0.1", port });
    const register = async (password: string, ...headers: string[]): Promise<[number, number]> => {
      ua("bob").messages.length = 0;
      ua("bob").send(dialog, "REGISTER", { headers: [`Authorization: Digest response="${password}"`, ...headers] });
      const { status, headers: got } = await ua("bob").final(dialog, "REGISTER");
      return [status, got.get("contact")?.length ?? 0];
    };
    assert.deepEqual(await register(""), [401, 0]);
    assert.deepEqual(await register("password", "Contact: <sip:bob@client.invalid>"), [200, 1]);
    assert.deepEqual(await register("password", "Contact: <mailto:bob@biloxi.invalid>"), [200, 2]);
    assert.deepEqual(await register("password", "Contact: *", "Expires: 0"), [200, 0]);
    assert.deepEqual(await register("wrong"), [401, 0]);
  });

  it("3.1: a session between two user agents", async () => {
    const dialog = invite();
    const request = await apps[0].next(/^INVITE/);
    await apps[0].respond(request, 180);
    await apps[0].respond(request, 200, typed, sdp(5000));
    await answered(dialog);
    const { dialogId } = await apps[0].next(/^ACK/);
    await apps[0].inDialog(dialogId, "BYE");
    await ua("alice").request("BYE");
    await apps[0].next(/^SIP\/2.0 200/);
    assert.deepEqual(seen("alice", dialog), ["100 INVITE", "180 INVITE", "200 INVITE", "BYE"]);
  });

  it("3.2: through two proxies that stay in the dialog", async () => {
    proxies();
    const dialog = invite();
    const arrived = await ua("bob").request("INVITE");
    assert.equal(arrived.headers.get("via")?.length, 3);
    assert.equal(only(arrived, "max-forwards"), "68");
    const recorded = arrived.headers.get("record-route") ?? [];
    assert.equal(recorded.length, 2);
    ua("bob").reply(arrived, 180, "Ringing");
    ua("bob").reply(arrived, 200, "OK", { body: sdp(5000), headers: [`Contact: <${ua("bob").uri}>`] });
    assert.equal((await answered(dialog)).headers.get("record-route")?.length, 2);
    await ua("bob").request("ACK");
    const back = { ...ua("bob").dialogOf(arrived), localTag: `ua${ua("bob").port}` };
    ua("bob").send(back, "BYE", { headers: recorded.map((route) => `Route: ${route}`) });
    await ua("alice").request("BYE");
    assert.equal((await ua("bob").final(back, "BYE")).status, 200);
    assert.deepEqual(seen("alice", dialog), ["100 INVITE", "180 INVITE", "200 INVITE", "BYE"]);
    assert.deepEqual(seen("bob", dialog), ["INVITE", "ACK", "200 BYE"]);
  });

  it("3.3: with a password for each of two proxies", async () => {
    const realms = ["atlanta", "biloxi"];
    proxies((at, request) => {
      if (request.text.includes(`Proxy-Authorization: Digest realm="${realms[at]}"`)) return true;
      apps[at].reply(request, 407, [`Proxy-Authenticate: Digest realm="${realms[at]}", nonce="n"`]);
      return false;
    });
    const dialog = invite();
    const credentials: string[] = [];
    for (const realm of realms) {
      const refusal = await answered(dialog);
      assert.equal(refusal.status, 407);
      assert.ok(only(refusal, "proxy-authenticate").includes(realm));
      credentials.push(`Proxy-Authorization: Digest realm="${realm}", response="x"`);
      again(dialog, credentials);
    }
    ua("bob").reply(await ua("bob").request("INVITE"), 200, "OK", { body: sdp(5000) });
    const ok = await answered(dialog);
    assert.equal(ok.status, 200);
    await ua("bob").request("ACK");
    ua("alice").send(dialog, "BYE", { headers: routes(ok) });
    assert.equal((await ua("alice").final(dialog, "BYE")).status, 200);
  });

  it("3.4: past a proxy that is gone", async () => {
    const gone = await SipUa.open();
    gone.autoOk.clear();
    const dialog = invite();
    const { transactionId } = await apps[0].next(/^INVITE/);
    const targets = `${gone.uri}|${ua("bob").uri}`;
    apps[0].send(
      `proxy|${transactionId}||fullResponse||serial|200ms||${targets}`,
      `INVITE ${gone.uri} SIP/2.0\r\n\r\n`,
    );
    await gone.request("INVITE");
    ua("bob").reply(await ua("bob").request("INVITE"), 200, "OK", { body: sdp(5000) });
    assert.equal((await answered(dialog)).status, 200);
    await gone.close();
  });

  it("3.5: through an application that puts itself between", async () => {
    const dialog = invite();
    const request = await apps[0].next(/^INVITE/);
    const line = `INVITE ${ua("bob").uri} SIP/2.0`;
    await apps[0].ask("sip||", [line, ...typed, "", sdp(6000)].join("\r\n"));
    const arrived = await ua("bob").request("INVITE");
    assert.ok(arrived.body.includes("m=audio 6000"));
    ua("bob").reply(arrived, 200, "OK", { body: sdp(5000) });
    const { dialogId } = await apps[0].next(/^SIP\/2.0 200/);
    await apps[0].inDialog(dialogId, "ACK");
    await ua("bob").request("ACK");
    await apps[0].respond(request, 200, typed, sdp(6002));
    assert.ok((await answered(dialog)).body.includes("m=audio 6002"));
    await apps[0].next(/^ACK/);
    ua("alice").send(dialog, "BYE");
    await apps[0].respond(await apps[0].next(/^BYE/), 200);
    await apps[0].inDialog(dialogId, "BYE");
    await ua("bob").request("BYE");
    assert.equal((await ua("alice").final(dialog, "BYE")).status, 200);
  });

  it("3.6: by a redirection, which the server hands on", async () => {
    const dialog = invite();
    await apps[0].respond(await apps[0].next(/^INVITE/), 302, [`Contact: <${ua("bob").uri}>`]);
    const moved = await answered(dialog);
    assert.deepEqual([moved.status, only(moved, "contact")], [302, `<${ua("bob").uri}>`]);
  });

  it("3.7: with a re-INVITE after Alice has moved to another address", async () => {
    const dialog = invite();
    await apps[0].respond(await apps[0].next(/^INVITE/), 200, typed, sdp(5000));
    await answered(dialog);
    const { dialogId } = await apps[0].next(/^ACK/);
    const elsewhere = await SipUa.open("alice");
    const moved = elsewhere.invite({ ...dialog }, { body: sdp(4002) });
    await apps[0].respond(await apps[0].next(/^INVITE/), 200, typed, sdp(5000));
    assert.equal((await moved).status, 200);
    await apps[0].next(/^ACK/);
    await apps[0].inDialog(dialogId, "BYE");
    await elsewhere.request("BYE");
    await elsewhere.close();
  });

  it("3.8: not answered, and cancelled hop by hop", async () => {
    proxies();
    const dialog = invite();
    const arrived = await ua("bob").request("INVITE");
    ua("bob").reply(arrived, 180, "Ringing");
    await ua("alice").next("180", ({ status }) => status === 180);
    ua("alice").send(dialog, "CANCEL", { cseq: dialog.cseq, branch: branch(dialog) });
    await ua("bob").request("CANCEL");
    ua("bob").reply(arrived, 487, "Request Terminated");
    assert.equal((await answered(dialog)).status, 487);
    await ua("bob").request("ACK");
    assert.deepEqual(seen("bob", dialog), ["INVITE", "CANCEL", "ACK"]);
  });

  for (const [clause, status, reason] of [
    ["3.9", 486, "Busy Here"],
    ["3.11", 480, "Temporarily Unavailable"],
  ] as const) {
    it(`${clause}: ${reason}, acknowledged hop by hop`, async () => {
      proxies();
      const dialog = invite();
      ua("bob").reply(await ua("bob").request("INVITE"), status, reason);
      assert.equal((await answered(dialog)).status, status);
      await ua("bob").request("ACK");
      assert.deepEqual(seen("alice", dialog), ["100 INVITE", `${status} INVITE`]);
    });
  }

  it("3.10: no response from the called phone", async () => {
    proxies(undefined, "|300ms|");
    const dialog = invite();
    await ua("bob").request("INVITE");
    assert.equal((await answered(dialog)).status, 408);
  });
});
