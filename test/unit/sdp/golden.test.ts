import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { normaliseBrowserSdp } from "../../../gateway/sdp/browser.ts";
import { parseSdp, printSdp } from "../../../gateway/sdp/description.ts";
import { withOpusEvents, withSlowEvents } from "../../../gateway/sdp/opus-events.ts";
import { forBrowser, forTelephone } from "../../../gateway/sdp/relayed.ts";
import { summaryOf, type MediaSummary } from "../../../gateway/sdp/summary.ts";

/** Descriptions that real programs wrote, and what must become of them. */
const read = (name: string): string =>
  readFileSync(join(import.meta.dirname, "../../vectors/sdp", `${name}.sdp`), "utf8");

const speech = ["opus", "G722", "PCMU", "PCMA"];
const summaries: Record<string, Partial<MediaSummary>> = {
  "chromium-offer": { audio: true, video: false, direction: "sendrecv", codecs: speech, dtmf: true },
  "firefox-offer": { audio: true, video: false, direction: "sendrecv", codecs: speech, dtmf: true },
  "baresip-offer": { codecs: ["PCMU", "PCMA"], dtmf: true },
  "baresip-srtp-offer": { codecs: ["PCMU"], dtmf: true },
  "baresip-opus-offer": { codecs: ["opus"], dtmf: true },
};

describe("descriptions of real programs", () => {
  for (const [name, expected] of Object.entries(summaries)) {
    it(`prints ${name} as it was read`, () => assert.equal(printSdp(parseSdp(read(name))), read(name)));

    it(`sums up ${name}`, () => {
      const summary = summaryOf(read(name));
      assert.deepEqual({ ...summary, ...expected }, summary);
    });
  }

  const goldens: [string, string, (text: string) => string][] = [
    ["chromium-offer", "normalised", normaliseBrowserSdp],
    ["firefox-offer", "normalised", normaliseBrowserSdp],
    ["chromium-offer", "for-telephone", forTelephone],
    ["baresip-opus-offer", "for-browser", forBrowser],
    ["baresip-opus-offer", "opus-events", withOpusEvents],
  ];
  for (const [name, ending, work] of goldens)
    it(`${name} becomes ${ending}, and stays so`, () => {
      const golden = read(`${name}.${ending}`);
      assert.equal(work(read(name)), golden);
      assert.equal(work(golden), golden);
    });

  it("gives a telephone its own words on key presses back", () => {
    const own = read("baresip-opus-offer");
    assert.equal(withSlowEvents(withOpusEvents(own)), own);
    assert.equal(withOpusEvents(read("baresip-offer")), read("baresip-offer"));
  });

  it("refuses a browser's description without a fingerprint (RFC 8827 6.5)", () => {
    const bare = read("chromium-offer").replace(/^a=fingerprint.*\r\n/gm, "");
    assert.throws(() => normaliseBrowserSdp(bare), { code: "bad-sdp" });
  });
});
