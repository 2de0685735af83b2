import assert from "node:assert/strict";
import { securityHeaders } from "../../../gateway/edge/security-headers.ts";

const request = { protocol: "http", host: "localhost:8080", url: "/" } as const;
const plain = { frameAncestors: [] };

/** One directive of the content security policy. */
const directive = (headers: Readonly<Record<string, string>>, name: string): string | undefined =>
  headers["content-security-policy"]
    ?.split("; ")
    .find((one) => one.startsWith(`${name} `))
    ?.slice(name.length + 1);

describe("the headers of every answer", () => {
  it("let a browser run nothing inline, and nothing of others", () => {
    const headers = securityHeaders(request, plain);
    assert.deepEqual(
      ["default-src", "script-src", "style-src", "object-src", "base-uri"].map((name) => directive(headers, name)),
      ["'self'", "'self'", "'self'", "'none'", "'none'"],
    );
    assert.doesNotMatch(headers["content-security-policy"] ?? "", /unsafe/);
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["referrer-policy"], "no-referrer");
  });

  for (const [protocol, host, socket] of [
    ["http", "localhost:8080", "'self' ws://localhost:8080"],
    ["https", "phone.example", "'self' wss://phone.example"],
    ["http", "[::1]:8080", "'self' ws://[::1]:8080"],
    ["http", "evil.example; script-src *", "'self'"],
    ["http", "a b", "'self'"],
    ["http", "", "'self'"],
  ] as const) {
    it(`let pages of ${protocol}://${host} connect to ${socket}`, () => {
      const headers = securityHeaders({ ...request, protocol, host }, plain);
      assert.equal(directive(headers, "connect-src"), socket);
    });
  }

  // RFC 6797 7.2: never over plain HTTP.
  for (const [protocol, publicUrl, strict] of [
    ["http", undefined, undefined],
    ["https", undefined, "max-age=31536000"],
    ["http", "https://phone.example", "max-age=31536000"],
    ["https", "http://phone.example", undefined],
  ] as const) {
    it(`ask for TLS from now on: ${strict} by ${protocol}, public address ${publicUrl}`, () => {
      const options = { ...plain, ...(publicUrl !== undefined && { publicUrl }) };
      assert.equal(securityHeaders({ ...request, protocol }, options)["strict-transport-security"], strict);
    });
  }

  for (const [url, ancestors, framed] of [
    ["/", [], "'none'"],
    ["/", ["https://intra.example", "https://b.example"], "'self' https://intra.example https://b.example"],
    ["/admin", ["https://intra.example"], "'none'"],
    ["/admin/calls/K7F3QM", ["https://intra.example"], "'none'"],
    ["/admin?x", ["https://intra.example"], "'none'"],
    ["/administrators", ["https://intra.example"], "'self' https://intra.example"],
  ] as const) {
    it(`let ${url} be framed by ${framed} when ${ancestors.length} may`, () => {
      const headers = securityHeaders({ ...request, url }, { frameAncestors: ancestors });
      assert.equal(directive(headers, "frame-ancestors"), framed);
      assert.equal(headers["x-frame-options"], framed === "'none'" ? "DENY" : undefined);
    });
  }
});
