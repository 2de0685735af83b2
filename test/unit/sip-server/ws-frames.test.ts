import assert from "node:assert/strict";
import { WsFrameTracker } from "../../../gateway/sip-server/transport/ws-frame-tracker.ts";

/** A frame as a client sends it (RFC 6455 5.2): masked. */
function frame(first: number, length: number): Buffer {
  const extended =
    length < 126
      ? []
      : length < 65_536
        ? [length >> 8, length & 0xff]
        : [0, 0, 0, 0, 0, length >> 16, (length >> 8) & 0xff, length & 0xff];
  const short = length < 126 ? length : length < 65_536 ? 126 : 127;
  return Buffer.concat([Buffer.from([first, 0x80 | short, ...extended, 1, 2, 3, 4]), Buffer.alloc(length, 7)]);
}

const [text, start, more, last, ping] = [0x81, 0x01, 0x00, 0x80, 0x89];

describe("WebSocket frames", () => {
  it("are complete only with their last byte, wherever they are cut", () => {
    for (const length of [0, 5, 125, 126, 300, 70_000]) {
      const bytes = frame(text, length);
      for (const cut of [1, 2, 5, bytes.length - 1].filter((at) => at > 0 && at < bytes.length)) {
        const tracker = new WsFrameTracker();
        tracker.push(bytes.subarray(0, cut));
        assert.equal(tracker.halfMessage, true, `${length} bytes cut at ${cut}`);
        tracker.push(bytes.subarray(cut));
        assert.equal(tracker.halfMessage, false);
      }
    }
  });

  it("may be the parts of one message, with control frames between them", () => {
    const tracker = new WsFrameTracker();
    const seen = [frame(start, 3), frame(ping, 0), frame(more, 4), frame(last, 1), frame(text, 9)].map((bytes) => {
      tracker.push(bytes);
      return tracker.halfMessage;
    });
    assert.deepEqual(seen, [true, true, true, false, false]);
  });

  it("follow one another in one chunk", () => {
    const tracker = new WsFrameTracker();
    tracker.push(Buffer.concat([frame(text, 10), frame(text, 200), frame(text, 3).subarray(0, 4)]));
    assert.equal(tracker.halfMessage, true);
    tracker.push(frame(text, 3).subarray(4));
    assert.equal(tracker.halfMessage, false);
  });
});
