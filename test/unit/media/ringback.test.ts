import assert from "node:assert/strict";
import { ringbackSource, sampleRate } from "../../../gateway/media/rtp-player/sound-source.ts";
import { judgeTone } from "../../support/tone.ts";

describe("the ringing tone", () => {
  it("is 425 Hz for one second of five, and begins with it (ITU-T E.180)", () => {
    const source = ringbackSource();
    const seconds = Array.from({ length: 7 }, () => Array.from({ length: 50 }, () => [...(source() ?? [])]).flat());
    const judged = seconds.map((samples) => {
      const sound = { rate: sampleRate, samples: Float64Array.from(samples, (sample) => sample / 32768) };
      return judgeTone(sound, 425, 1000).heard;
    });
    assert.deepEqual(judged, [true, false, false, false, false, true, false]);
    assert.ok(
      seconds
        .slice(1, 5)
        .flat()
        .every((sample) => sample === 0),
    );
  });
});
