import assert from "node:assert/strict";
import type { RelayEvents } from "../../../gateway/media/relay.ts";
import type { BaresipCodec } from "../../support/baresip.ts";
import { Chromium } from "../../support/chromium.ts";
import { MediaRig, called, caller, pageCallsPhone } from "../../support/media-rig.ts";
import { until } from "../../support/until.ts";

/** RFC 4733 both ways, with the clock rates that meet: 8 kHz in telephones, 48 kHz beside Opus in browsers. */
describe("key presses between page and phone", function () {
  this.timeout(30_000);
  let rig: MediaRig;
  let chromium: Chromium;

  before(async () => {
    rig = await MediaRig.open();
    chromium = await Chromium.launch();
    rig.later(() => chromium.close());
  });
  after(() => rig.close());

  for (const codec of ["PCMU", "opus"] satisfies BaresipCodec[])
    it(`are heard on both sides: ${codec}`, async () => {
      const told: RelayEvents["digit"][0][] = [];
      const off = rig.relay.on("digit", (fact) => told.push(fact));
      const [phone, ua, page] = await Promise.all([
        rig.phone({ user: "bob", toneHz: 440, codecs: [codec] }),
        rig.ua(),
        chromium.barePage(),
      ]);
      const session = rig.relay.open();
      await pageCallsPhone(session, { from: caller("web"), to: called("rtp") }, { page, phone, ua });

      await session.sendDigit("caller", "5", 200);
      await phone.event("CALL_DTMF_START", { param: "5" });
      await phone.event("CALL_DTMF_END");
      await session.sendDigit("caller", "#", 200);
      await phone.event("CALL_DTMF_START", { param: "#" });

      await phone.digit("7");
      const fact = await until("the phone's digit", () => told.find(({ leg }) => leg === "called"));
      assert.equal(fact.digit, "7");
      assert.equal(fact.session, session.id);

      await page.digit("9");
      await until("the browser's own digit", () => told.find(({ leg, digit }) => leg === "caller" && digit === "9"));
      await phone.event("CALL_DTMF_START", { param: "9" });
      const sent = told.filter(({ leg, digit }) => leg === "caller" && digit !== "9");
      assert.deepEqual(sent, [], "digits that we sent ourselves are not told");
      off();
      await phone.hangup();
      await session.close();
      await page.close();
    });
});
