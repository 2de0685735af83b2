import assert from "node:assert/strict";
import { browserOffer, FrameClient } from "../support/frame-client.ts";
import { domain, patience, TestGateway } from "../support/gateway.ts";
import { HepCollector } from "../support/hep-collector.ts";
import { RegisteredUa } from "../support/registered-ua.ts";
import { phoneOffer } from "../support/sdp-samples.ts";
import { only } from "../support/sip-ua.ts";
import { readers, StoryReader } from "../support/story-reader.ts";

const sessionSeconds = 3;

/** What the gateway's settings make of the SIP server that it starts. */
describe("the SIP server of a gateway, in operation", function () {
  this.timeout(patience);
  let collector: HepCollector;
  let gateway: TestGateway;
  let carol: RegisteredUa;
  let page: FrameClient;

  before(async () => {
    collector = await HepCollector.open();
    gateway = await TestGateway.start({
      accounts: readers,
      env: {
        GATEWAY_SIP_HEP: collector.address,
        GATEWAY_SIP_HEP_ID: "7",
        GATEWAY_SIP_MAX_UNANSWERED: "1",
        GATEWAY_SIP_RETRY_AFTER: "9",
        GATEWAY_SIP_SESSION_EXPIRES: String(sessionSeconds),
        GATEWAY_SIP_MIN_SESSION_EXPIRES: "2",
      },
    });
    carol = await RegisteredUa.open(gateway, "carol");
    page = await FrameClient.signedIn(gateway, "alice");
  });

  after(async () => {
    await page?.close();
    await carol?.close();
    await gateway?.assertIdle();
    await gateway?.stop();
    collector?.close();
  });

  async function calling(): Promise<{ readonly id: string; readonly reference: string }> {
    const description = { kind: "offer", sdp: browserOffer, generation: 1 };
    const started = await page.request("call.start", { target: { user: `carol@${domain}` }, description });
    return { id: String(started.callId), reference: String(started["reference"]) };
  }

  it("ends a call whose far end keeps no promise to refresh it, and says so in its story", async () => {
    const operator = await StoryReader.open(gateway, "olga");
    const { id, reference } = await calling();
    const invite = await carol.ua.request("INVITE");
    assert.equal(only(invite, "session-expires"), `${sessionSeconds};refresher=uac`);
    const called = carol.ua.dialogOf(invite);
    const headers = [`Session-Expires: ${sessionSeconds};refresher=uas`, "Require: timer"];
    const body = (await carol.sound({ tone: 440 })).answer(invite.body);
    carol.ua.reply(invite, 200, "OK", { body, tag: called.localTag, headers });
    await carol.ua.request("ACK");
    const bye = await carol.ua.request("BYE");
    assert.match(only(bye, "reason"), /cause=408/);
    await page.ended(id);
    await operator.verdict(reference, "not-refreshed");
    for (const sound of carol.sounds) sound.close();
  });

  it("copies every message to a Homer collector", async () => {
    const { id } = await calling();
    const invite = await carol.ua.request("INVITE");
    const copy = await collector.next(only(invite, "call-id"), /^INVITE /);
    assert.deepEqual([copy.agent, copy.type, copy.protocol], [7, 1, 17]);
    carol.ua.reply(invite, 486, "Busy Here");
    await page.ended(id);
    await collector.next(only(invite, "call-id"), /^SIP\/2\.0 486 /);
  });

  it("answers further INVITEs with 503 at once, with the settings' Retry-After", async () => {
    const ringing = await carol.invite(`alice@${domain}`, { body: phoneOffer() });
    const incoming = await page.event("call.incoming");
    const refused = await carol.ua.invite(carol.ua.dialog(`sip:alice@${domain}`, carol.peer));
    assert.deepEqual([refused.status, only(refused, "retry-after")], [503, "9"]);
    carol.cancel(ringing);
    await page.ended(String(incoming.callId));
  });
});
