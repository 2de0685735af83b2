import assert from "node:assert/strict";
import { StreamFramer } from "../../../gateway/sip-server/transport/stream-framer.ts";
import { FrameDecoder, FrameError, parseFrame, printFrame } from "../../../gateway/sip-server/wire/frame.ts";
import { SipSyntaxError } from "../../../gateway/sip-syntax/grammar.ts";

const message = (body: string, length = Buffer.byteLength(body)): string =>
  `MESSAGE sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\nContent-Length: ${length}\r\n\r\n${body}`;

describe("stream framing", () => {
  it("finds messages wherever the stream is cut", () => {
    const stream = Buffer.from(`\r\n${message("é\r\n\r\n\0")}${message("")}\r\n\r\n${message("two")}`);
    for (let cut = 1; cut < stream.length; cut++) {
      const framer = new StreamFramer(65_536);
      const pieces = [...framer.push(stream.subarray(0, cut)), ...framer.push(stream.subarray(cut))];
      const bodies = pieces.flatMap((piece) => (piece.kind === "message" ? [piece.message.body.toString()] : []));
      assert.deepEqual(bodies, ["é\r\n\r\n\0", "", "two"], `cut at ${cut}`);
      assert.equal(framer.halfMessage, false);
    }
  });

  it("finds them byte by byte too", () => {
    const framer = new StreamFramer(65_536);
    const pieces = [...Buffer.from(message("one") + message("two"))].flatMap((byte) => [
      ...framer.push(Buffer.from([byte])),
    ]);
    assert.equal(pieces.filter(({ kind }) => kind === "message").length, 2);
  });

  it("sees a double line end as a ping (RFC 5626 3.5.1)", () => {
    const pieces = [...new StreamFramer(100).push(Buffer.from("\r\n\r\n\r\n"))];
    assert.deepEqual(pieces, [
      { kind: "keep-alive", double: true },
      { kind: "keep-alive", double: false },
    ]);
  });

  it("knows that a message is not complete", () => {
    const framer = new StreamFramer(65_536);
    assert.deepEqual([...framer.push(Buffer.from(message("abc", 10)))], []);
    assert.equal(framer.halfMessage, true);
  });

  it("gives what is complete before it finds bytes of no meaning", () => {
    const pieces = new StreamFramer(65_536).push(Buffer.from(`${message("one")}GET / HTTP/1.1\r\n\r\n`));
    assert.equal(pieces.next().value?.kind, "message");
    assert.throws(() => pieces.next(), SipSyntaxError);
  });

  it("refuses what is too large, before it is there", () => {
    const fails = (text: string): void =>
      assert.throws(() => [...new StreamFramer(65_536).push(Buffer.from(text))], SipSyntaxError);
    fails(message("", 70_000));
    fails("A".repeat(70_000));
    fails(`MESSAGE sip:a@b SIP/2.0\r\n${"X-a: b\r\n".repeat(9_000)}`);
  });

  it("refuses a stream that holds something else, or no Content-Length (RFC 3261 20.14)", () => {
    const fails = (text: string): void =>
      assert.throws(() => [...new StreamFramer(65_536).push(Buffer.from(text))], SipSyntaxError);
    fails("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    fails("MESSAGE sip:a@b SIP/2.0\r\nVia: x\r\n\r\n");
    fails("MESSAGE sip:a@b SIP/2.0\r\nContent-Length: -5\r\n\r\n");
    fails("\rx");
  });
});

describe("control frames", () => {
  it("are found wherever the stream is cut, also inside the length", () => {
    const payloads = ["id1|ping", "id2|sip||\r\nOPTIONS é SIP/2.0\r\n\r\n", "x|y"];
    const stream = Buffer.concat(payloads.map((text) => Buffer.from(`${Buffer.byteLength(text)}#${text}`)));
    for (let cut = 1; cut < stream.length; cut++) {
      const decoder = new FrameDecoder();
      const found = [...decoder.push(stream.subarray(0, cut)), ...decoder.push(stream.subarray(cut))];
      assert.deepEqual(found.map(String), payloads, `cut at ${cut}`);
    }
    const decoder = new FrameDecoder();
    const found = [...stream].flatMap((byte) => decoder.push(Buffer.from([byte])));
    assert.deepEqual(found.map(String), payloads);
  });

  it("may have 1 MiB and not more", () => {
    const text = "a".repeat(1 << 20);
    const decoder = new FrameDecoder();
    const found = [`${text.length}#`, text.slice(0, 500_000), text.slice(500_000)].flatMap((part) =>
      decoder.push(Buffer.from(part)),
    );
    assert.equal(found[0]?.length, 1 << 20);
    assert.throws(() => new FrameDecoder().push(Buffer.from(`${(1 << 20) + 1}#a`)), FrameError);
  });

  it("must begin with a length", () => {
    for (const text of ["abc#x", "#x", "0#", "-1#x", "GET / HTTP/1.1", "12345678#"]) {
      assert.throws(() => new FrameDecoder().push(Buffer.from(text)), FrameError, text);
    }
  });

  it("are taken apart and printed", () => {
    const frame = parseFrame(Buffer.from("id|sip|t|d|r\r\nINVITE"));
    assert.deepEqual(
      [frame?.id, frame?.type, frame?.fields, frame?.sip?.toString()],
      ["id", "sip", ["t", "d", "r"], "INVITE"],
    );
    assert.equal(parseFrame(Buffer.from("nothing")), undefined);
    assert.equal(Buffer.concat(printFrame("é|x", Buffer.from("ab"))).toString(), "8#é|x\r\nab");
    assert.equal(Buffer.concat(printFrame("a|OK")).toString(), "4#a|OK");
  });
});
