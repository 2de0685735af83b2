import assert from "node:assert/strict";
import { defaultUrl, socketUrl } from "../../../webclient/gateway-address.ts";

describe("the gateway's address", () => {
  for (const [written, socket] of [
    ["https://phone.example.org", "wss://phone.example.org/ws"],
    ["http://localhost:8080/", "ws://localhost:8080/ws"],
    ["wss://phone.example.org", "wss://phone.example.org/ws"],
    ["wss://example.org/phone/ws", "wss://example.org/phone/ws"],
    ["https://example.org/phone/ws", "wss://example.org/phone/ws"],
  ] as const) {
    it(`${written} is ${socket}`, () => assert.equal(socketUrl(written), socket));
  }

  for (const [script, page, found] of [
    ["https://phone.example.org/client.js", "https://shop.example", "wss://phone.example.org/ws"],
    ["https://shop.example/assets/index-1.js", "https://shop.example", "wss://shop.example/ws"],
    ["file:///srv/client.js", undefined, undefined],
    ["https://shop.example/client.js", "null", "wss://shop.example/ws"],
    ["file:///a/bundle.js", "null", undefined],
  ] as const) {
    it(`of a script from ${script} on ${page} is ${found}`, () => assert.equal(defaultUrl(script, page), found));
  }
});
