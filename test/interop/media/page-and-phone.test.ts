import assert from "node:assert/strict";
import type { CodecPolicy, LegKind } from "../../../gateway/media/relay.ts";
import type { Baresip, BaresipCodec } from "../../support/baresip.ts";
import { Chromium, hearsTone } from "../../support/chromium.ts";
import { MediaRig, called, caller, pageCallsPhone, phoneCallsPage } from "../../support/media-rig.ts";
import { assertTone } from "../../support/tone.ts";
import { elapsed } from "../../support/until.ts";

const pageHz = 1000;
const phoneHz = 440;

interface Case {
  readonly title: string;
  readonly codecs: readonly BaresipCodec[];
  readonly kind?: LegKind;
  readonly web?: CodecPolicy;
}

/** Real Chromium and real baresip: each sends a tone of its own, and each must hear the other's. */
const cases: readonly Case[] = [
  { title: "G.711 on both sides", codecs: ["PCMU"] },
  { title: "Opus in the page, G.711 in the phone", codecs: ["PCMA"], web: "opus" },
  { title: "G.722", codecs: ["G722"] },
  { title: "Opus on both sides", codecs: ["opus"] },
  { title: "SDES-SRTP to the phone", codecs: ["PCMU"], kind: "srtp" },
];

describe("sound between page and phone", function () {
  this.timeout(30_000);
  let rig: MediaRig;
  let chromium: Chromium;

  before(async () => {
    rig = await MediaRig.open();
    chromium = await Chromium.launch({ toneHz: pageHz });
    rig.later(() => chromium.close());
  });
  after(() => rig.close());

  for (const { title, codecs, kind = "rtp", web = "follow" } of cases) {
    const phoneOf = (): Promise<Baresip> =>
      rig.phone({ user: "bob", toneHz: phoneHz, codecs, ...(kind === "srtp" && { mediaEncryption: "srtp-mand" }) });

    it(`page calls phone: ${title}`, async () => {
      const [phone, ua, page] = await Promise.all([phoneOf(), rig.ua(), chromium.barePage()]);
      const session = rig.relay.open();
      const sides = { from: caller("web", { codecs: web }), to: called(kind) };
      const dialog = await pageCallsPhone(session, sides, { page, phone, ua });
      await hearsTone(page.page, phoneHz, pageHz);
      await elapsed(800);
      ua.send(dialog, "BYE");
      await phone.event("CALL_CLOSED");
      assertTone(await phone.heard(), pageHz, phoneHz);
      await session.close();
      await page.close();
    });

    it(`phone calls page: ${title}`, async () => {
      const [phone, ua, page] = await Promise.all([phoneOf(), rig.ua(), chromium.barePage()]);
      const session = rig.relay.open();
      const sides = { from: caller(kind), to: called("web", { codecs: web }) };
      const dialog = await phoneCallsPage(session, sides, { page, phone, ua });
      await hearsTone(page.page, phoneHz, pageHz);
      await elapsed(800);
      ua.send(dialog, "BYE");
      await phone.event("CALL_CLOSED");
      assertTone(await phone.heard(), pageHz, phoneHz);
      await session.close();
      await page.close();
    });
  }

  it("leaves nothing at the relay", async () => {
    assert.equal(rig.relay.sessions, 0);
    assert.deepEqual(await rig.held(), { calls: [], ports: [] });
  });
});
