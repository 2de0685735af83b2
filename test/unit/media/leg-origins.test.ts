import assert from "node:assert/strict";
import { LegOrigins } from "../../../gateway/media/rtpengine/leg-origins.ts";

const sdp = (port: number): string =>
  `v=0\r\no=x 1 1 IN IP4 192.0.2.1\r\ns=x\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0\r\n`;
const originIn = (text: string): readonly string[] => /^o=- (\d+) (\d+) /m.exec(text)?.slice(1) ?? [];

describe("origins of legs", () => {
  it("keep id and version when a leg passes from one session to another, RFC 3264 8", () => {
    const origins = new LegOrigins();
    const [id, first] = originIn(origins.take("leg").sign(sdp(4000)));
    const again = origins.take("leg");
    origins.release("leg");
    assert.deepEqual(originIn(again.sign(sdp(4000))), [id, first]);
    assert.deepEqual(originIn(again.sign(sdp(5000))), [id, String(Number(first) + 1)]);
    origins.release("leg");
    assert.equal(origins.size, 0);
  });

  it("are other ones for other legs, and for a leg that comes anew", () => {
    const origins = new LegOrigins();
    const [one] = originIn(origins.take("one").sign(sdp(4000)));
    const [two] = originIn(origins.take("two").sign(sdp(4000)));
    origins.release("one");
    const [anew] = originIn(origins.take("one").sign(sdp(4000)));
    assert.equal(new Set([one, two, anew]).size, 3);
  });
});
