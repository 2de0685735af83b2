import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { isLoopback, judgeOrigin } from "../../../gateway/edge/local.ts";

const friend = "https://shop.example";

interface Row {
  readonly what: string;
  readonly peer?: string;
  readonly host?: string;
  readonly origin?: string;
  readonly local: boolean;
  readonly allowed: boolean;
}

const rows: readonly Row[] = [
  { what: "our page on this machine", origin: "http://localhost:8080", local: true, allowed: true },
  { what: "a program on this machine", local: true, allowed: true },
  { what: "over IPv6", peer: "::1", host: "[::1]:8080", origin: "http://[::1]:8080", local: true, allowed: true },
  { what: "over IPv4 in IPv6", peer: "::ffff:127.0.0.1", local: true, allowed: true },
  { what: "by address", host: "127.0.0.1:8080", origin: "http://127.0.0.1:8080", local: true, allowed: true },
  { what: "in capitals", host: "LOCALHOST:8080", origin: "http://LocalHost:8080", local: true, allowed: true },
  { what: "any page of the world", origin: "https://evil.example", local: false, allowed: false },
  { what: "a page on another port of this machine", origin: "http://localhost:3000", local: false, allowed: false },
  { what: "our page under another of our names", origin: "http://127.0.0.1:8080", local: false, allowed: false },
  { what: "a file or sandboxed page", origin: "null", local: false, allowed: false },
  { what: "an origin that is none", origin: "http://", local: false, allowed: false },
  { what: "an empty origin", origin: "", local: false, allowed: false },
  {
    what: "a name that was turned to 127.0.0.1 (DNS rebinding)",
    host: "evil.example:8080",
    origin: "http://evil.example:8080",
    local: false,
    allowed: true,
  },
  { what: "localhost as a label", host: "localhost.evil.example", local: false, allowed: true },
  { what: "another machine that says localhost", peer: "192.0.2.9", local: false, allowed: true },
  { what: "no Host", host: "", local: false, allowed: true },
  {
    what: "a site that was allowed",
    origin: friend,
    host: "gw.example",
    peer: "192.0.2.9",
    local: false,
    allowed: true,
  },
  { what: "an allowed site, seen from this machine", origin: friend, local: false, allowed: true },
  { what: "the allowed site without TLS", origin: "http://shop.example", local: false, allowed: false },
  { what: "a longer name than the allowed one", origin: `${friend}.evil.example`, local: false, allowed: false },
];

const request = ({ peer = "127.0.0.1", host = "localhost:8080", origin }: Row): IncomingMessage =>
  ({
    headers: { host, ...(origin !== undefined && { origin }) },
    socket: { remoteAddress: peer },
  }) as unknown as IncomingMessage;

describe("where a connection comes from", () => {
  for (const row of rows) {
    it(`${row.what}: ${row.local ? "local" : "not local"}, ${row.allowed ? "allowed" : "refused"}`, () => {
      const { local, allowed } = judgeOrigin(request(row), [friend]);
      assert.deepEqual({ local, allowed }, { local: row.local, allowed: row.allowed });
    });
  }

  for (const [address, loopback] of [
    ["127.0.0.1", true],
    ["127.8.9.10", true],
    ["::1", true],
    ["::ffff:127.0.0.1", true],
    ["128.0.0.1", false],
    ["::2", false],
    ["::ffff:192.0.2.1", false],
    ["", false],
  ] as const) {
    it(`${JSON.stringify(address)} ${loopback ? "is" : "is not"} loopback`, () =>
      assert.equal(isLoopback(address), loopback));
  }
});
