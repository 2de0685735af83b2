import assert from "node:assert/strict";
import { isSpecial, mayConnect, publicLookup } from "../../../gateway/push/endpoint.ts";

/** Server-side request forgery: anybody who signs in names endpoints. */
describe("an endpoint", () => {
  for (const [endpoint, ok] of [
    ["https://fcm.googleapis.com/fcm/send/abc", true],
    ["https://updates.push.services.mozilla.com/wpush/v2/abc", true],
    ["https://web.push.apple.com:443/abc", true],
    ["https://198.51.100.7/abc", true],
    ["http://push.example.org/abc", false],
    ["https://user:secret@push.example.org/abc", false],
    ["https://localhost/abc", false],
    ["https://redis.localhost./abc", false],
    ["https://printer.local/abc", false],
    ["https://metadata.google.internal/abc", false],
    ["https://127.0.0.1/abc", false],
    ["https://2130706433/abc", false],
    ["https://0x7f.1/abc", false],
    ["https://10.1.2.3/abc", false],
    ["https://172.20.0.1/abc", false],
    ["https://192.168.1.1/abc", false],
    ["https://169.254.169.254/latest", false],
    ["https://100.64.0.1/abc", false],
    ["https://0.0.0.0/abc", false],
    ["https://224.0.0.1/abc", false],
    ["https://[::1]/abc", false],
    ["https://[::]/abc", false],
    ["https://[::ffff:127.0.0.1]/abc", false],
    ["https://[fd00::1]/abc", false],
    ["https://[fe80::1]/abc", false],
    ["https://[64:ff9b::7f00:1]/abc", false],
    ["https://[2001:4860:4860::8888]/abc", true],
    ["file:///etc/passwd", false],
    ["nonsense", false],
  ] as const) {
    it(`${endpoint} is ${ok ? "connected to" : "not"}`, () =>
      assert.equal(mayConnect(endpoint, { privateServices: false }), ok));
  }

  it("may be private where the operator says so, but never without HTTP", () => {
    assert.ok(mayConnect("http://127.0.0.1:8080/abc", { privateServices: true }));
    assert.ok(!mayConnect("file:///etc/passwd", { privateServices: true }));
    assert.ok(!mayConnect("https://user@push.example.org/", { privateServices: true }));
  });

  it("whose name leads to a private address is found out by who connects", async () => {
    const fault = await new Promise<Error | null>((resolve) =>
      publicLookup("localhost", { all: true }, (error) => resolve(error)),
    );
    assert.match(String(fault), /private address/);
    assert.ok(isSpecial("127.9.9.9") && !isSpecial("push.example.org"));
  });
});
