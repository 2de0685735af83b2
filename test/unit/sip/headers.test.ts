import assert from "node:assert/strict";
import { authenticationLines, checkHeaders, HeaderError, singleLine } from "../../../gateway/sip/headers.ts";

describe("headers that we send", () => {
  for (const [name, value] of [
    ["Reason", 'SIP;cause=200;text="x"'],
    ["X-Any", ""],
    ["WWW-Authenticate", 'Digest realm="a"'],
    ["WWW-Authenticate", 'Digest realm="a"\r\nWWW-Authenticate: Digest realm="b"'],
    ["proxy-authenticate", 'Digest realm="a"\r\nproxy-authenticate: Digest realm="b"'],
    ["Subject", "Grüße 😀"],
  ] as const) {
    it(`may be ${name}: ${JSON.stringify(value)}`, () => checkHeaders({ [name]: value }));
  }

  for (const [name, value] of [
    ["Reason", "x\r\nVia: evil"],
    ["Reason", "x\nVia: evil"],
    ["Reason", "x\rVia: evil"],
    ["Reason", "x\r\n\r\nv=0"],
    ["Reason", "x\r\n folded"],
    ["Reason", "x\0"],
    ["Reason\r\nVia", "x"],
    ["Reason: x", "y"],
    ["", "x"],
    ["Rea son", "x"],
    ["WWW-Authenticate", 'Digest realm="a"\r\nVia: evil'],
    ["WWW-Authenticate", 'Digest realm="a"\r\nWWW-Authenticate: b\nVia: evil'],
    ["Authorization", 'Digest username="a\r\nVia: evil"'],
  ] as const) {
    it(`may not be ${JSON.stringify(name)}: ${JSON.stringify(value)}`, () => {
      assert.throws(() => checkHeaders({ [name]: value }), HeaderError);
    });
  }

  it("hold each challenge on a line of its own (RFC 3261 7.3.1)", () => {
    const lines = authenticationLines("WWW-Authenticate", ["Digest a", "Digest b\r\nVia: evil"]);
    assert.deepEqual(lines, { "WWW-Authenticate": "Digest a\r\nWWW-Authenticate: Digest b Via: evil" });
    checkHeaders(lines);
  });

  it("can be made of any text", () => {
    assert.equal(singleLine(" A\r\nVia: x\0\u007f\tB "), "A Via: x B");
  });
});
