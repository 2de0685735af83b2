import assert from "node:assert/strict";
import { fromApplication, toApplication } from "../../../gateway/sip-server/wire/application-text.ts";
import { SipSyntaxError } from "../../../gateway/sip-syntax/grammar.ts";
import { parseMessage } from "../../../gateway/sip-syntax/message.ts";

const head = "MESSAGE sip:a@b SIP/2.0\r\nContent-Type: application/x\r\n";

describe("messages for applications", () => {
  it("are the message itself when its body is text", () => {
    const text = `${head}Content-Length: 5\r\n\r\nhé\r\n`;
    assert.equal(toApplication(parseMessage(Buffer.from(text))).toString(), text);
  });

  it("carry any other body as base64 (body64)", () => {
    for (const body of [Buffer.from([0x01, 0x02, 0x00, 0xff]), Buffer.from([0xc3]), Buffer.from("a\0b")]) {
      const wire = Buffer.concat([Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n`), body]);
      const text = toApplication(parseMessage(wire)).toString();
      const encoded = body.toString("base64");
      assert.match(text, /^X-Body-Encoding: base64\r$/m);
      assert.match(text, new RegExp(`^Content-Length: ${encoded.length}\r$`, "m"));
      assert.ok(text.endsWith(`\r\n\r\n${encoded}`));
      const back = fromApplication(Buffer.from(text));
      assert.deepEqual(back.body, body);
      assert.equal(back.headers.has("X-Body-Encoding"), false);
    }
  });

  it("do not believe an X-Body-Encoding from the network", () => {
    const text = toApplication(parseMessage(Buffer.from(`${head}X-Body-Encoding: base64\r\n\r\ntext`))).toString();
    assert.equal(text.includes("X-Body-Encoding"), false);
    assert.match(text, /\r\n\r\ntext$/);
  });

  it("have a Content-Length, which drachtio-srf needs", () => {
    assert.match(
      toApplication(parseMessage(Buffer.from(`${head}\r\nbody`))).toString(),
      /Content-Length: 4\r\n\r\nbody$/,
    );
  });

  it("have long header names, and one challenge a line", () => {
    const wire =
      'SIP/2.0 401 Unauthorized\r\nf: <sip:a@b>\r\nWWW-Authenticate: Digest realm="a", nonce="b", Digest realm="c", nonce="d"\r\nl: 0\r\n\r\n';
    const text = toApplication(parseMessage(Buffer.from(wire))).toString();
    assert.match(text, /^From: <sip:a@b>\r$/m);
    assert.match(text, /^WWW-Authenticate: Digest realm="a", nonce="b"\r$/m);
    assert.match(text, /^WWW-Authenticate: Digest realm="c", nonce="d"\r$/m);
  });
});

describe("messages from applications", () => {
  it("lose their Content-Length, which counts something else", () => {
    const draft = fromApplication(Buffer.from("SIP/2.0 200 OK\r\ncontent-length: 3\r\n\r\nséé"));
    assert.equal(draft.headers.has("Content-Length"), false);
    assert.equal(draft.body.toString(), "séé");
  });

  it("may end without an empty line", () => {
    assert.equal(fromApplication(Buffer.from("OPTIONS sip:a SIP/2.0\r\n")).kind, "request");
  });

  it("may have an authentication header on several lines, and no other that stands alone (CR LF in a value)", () => {
    const two =
      "SIP/2.0 401 Unauthorized\r\nwww-authenticate: Digest realm=a\r\nWWW-Authenticate: Digest realm=b\r\n\r\n";
    assert.equal(fromApplication(Buffer.from(two)).headers.lines("WWW-Authenticate").length, 2);
    for (const extra of [
      "From: <sip:x@y>\r\nFrom: <sip:z@y>",
      "cseq: 1 BYE\r\nCSeq: 2 BYE",
      "X-a: b\r\nnot a header",
    ]) {
      assert.throws(() => fromApplication(Buffer.from(`BYE sip:a@b SIP/2.0\r\n${extra}\r\n\r\n`)), SipSyntaxError);
    }
  });
});
