import assert from "node:assert/strict";
import { type RunningSipServer, startSipServer } from "../../support/sip-server.ts";
import { type SipMessage, SipUa } from "../../support/sip-ua.ts";
import { until } from "../../support/until.ts";
import { rfc4475, type TortureMessage, type Verdict } from "../../vectors/sip/rfc4475.ts";
import { rfc5118 } from "../../vectors/sip/rfc5118.ts";
import { Application } from "./application.ts";

const inWords = (verdict: Verdict): string =>
  typeof verdict === "number" ? `is answered ${verdict}` : `is ${verdict}`;
const callIdIn = (bytes: Buffer): string | undefined => /^(?:call-id|i) *: *(.*?)\r$/im.exec(String(bytes))?.[1];
const counters = ["responses", "bad_messages", "garbage"].map((name) => `offhook_sip_${name}_total`);

describe("torture messages, sent to one running server", function () {
  this.timeout(20_000);
  let server: RunningSipServer;
  let app: Application;
  let ua: SipUa;

  before(async () => {
    server = await startSipServer({ t1: 20, args: ["--extensions", "path"] });
    app = await Application.open(server, "options", "invite", "register", "message");
    ua = await SipUa.open();
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

  const to = () => ({ address: "127.0.0.1", port: server.sip.udp ?? 0 });
  const counts = () => Promise.all(counters.map((name) => server.metric(name)));

  /** The final answer to the message, by its Call-ID where it has one. */
  function answer(callId: string | undefined, what: string): Promise<SipMessage> {
    return ua.next(what, ({ status, headers }) => status >= 200 && headers.get("call-id")?.[0] === callId);
  }

  async function isAccepted(bytes: Buffer, callId: string): Promise<void> {
    const request = await app.next(new RegExp(`^${String(bytes).trimStart().split(" ")[0]} `));
    assert.ok(request.text.includes(callId), request.text);
    const status = request.line.startsWith("INVITE") ? 603 : 200;
    await app.respond(request, status);
    assert.equal((await answer(callId, "the application's answer")).status, status);
  }

  /** A request that is served afterwards shows that nothing more is to come. */
  async function isServed(): Promise<void> {
    const dialog = ua.dialog(`sip:bob@127.0.0.1:${server.sip.udp}`, to());
    ua.send(dialog, "OPTIONS");
    await app.respond(await app.next(/^OPTIONS/), 200);
    assert.equal((await ua.final(dialog, "OPTIONS")).status, 200);
  }

  async function isSilent(verdict: "ignored" | "dropped", bytes: Buffer, before: number[]): Promise<void> {
    const [responses = 0, ...bad] = before;
    await until("it is counted", async () => {
      const [responsesNow = 0, ...badNow] = await counts();
      const sum = (list: number[]): number => list.reduce((all, one) => all + one, 0);
      return verdict === "ignored" ? responsesNow === responses + 1 : sum(badNow) === sum(bad) + 1;
    });
    await isServed();
    const callId = callIdIn(bytes);
    assert.deepEqual(
      ua.messages.filter(({ headers }) => headers.get("call-id")?.[0] === callId),
      [],
    );
  }

  async function meets({ verdict, bytes }: TortureMessage): Promise<void> {
    const before = await counts();
    ua.raw(bytes, to());
    const callId = callIdIn(bytes);
    if (verdict === "accepted") await isAccepted(bytes, callId ?? "");
    else if (typeof verdict === "number") assert.equal((await answer(callId, `a ${verdict}`)).status, verdict);
    else await isSilent(verdict, bytes, before);
    assert.deepEqual(app.left(), []);
  }

  const suites = { "RFC 4475": rfc4475, "RFC 5118": rfc5118 };
  for (const [rfc, messages] of Object.entries(suites)) {
    describe(rfc, () => {
      for (const one of messages) {
        it(`${one.name} (${one.clause}) ${inWords(one.verdict)}`, () => meets(one));
      }
      it(`were ${messages.length} messages, and others are served after them`, isServed);
    });
  }
});
