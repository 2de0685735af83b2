import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { outlineOf } from "../../../gateway/sdp/outline.ts";

const vector = (name: string): string =>
  readFileSync(new URL(`../../vectors/sdp/${name}.sdp`, import.meta.url), "utf8");

describe("what may be kept of a description", () => {
  it("of a browser's: codecs, candidates, the role in DTLS", () => {
    const { media, ice, setup, candidates = [] } = outlineOf(vector("chromium-offer"));
    assert.deepEqual([ice, setup, media[0]?.codecs[0], media[0]?.dtmf], ["full", "actpass", "opus/48000", true]);
    assert.match(candidates[0] ?? "", /^host udp \S+:\d+$/);
  });

  it("of a telephone's: where it wants its media", () => {
    const [audio] = outlineOf(vector("baresip-offer")).media;
    assert.match(audio?.address ?? "", /^[\d.]+$/);
    assert.ok((audio?.port ?? 0) > 0);
  });

  for (const name of ["chromium-offer", "firefox-offer", "baresip-srtp-offer"])
    it(`no key, fingerprint or password of ${name}`, () => {
      const text = vector(name);
      const secrets = [...text.matchAll(/^a=(?:fingerprint:\S+ |ice-pwd:|ice-ufrag:|crypto:.*inline:)(\S+)/gm)].map(
        ([, secret]) => secret ?? "",
      );
      assert.ok(secrets.length > 0);
      const kept = JSON.stringify(outlineOf(text));
      for (const secret of secrets) assert.ok(!kept.includes(secret.trim()));
    });
});
