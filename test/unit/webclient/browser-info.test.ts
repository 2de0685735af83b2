import assert from "node:assert/strict";
import { connect } from "../../../webclient/index.ts";
import { readBrowser } from "../../../webclient/browser-info.ts";
import { FakePlatform } from "../../support/fake-platform.ts";

const grease = { brand: "Not)A;Brand", version: "8" };
const chromium = { brand: "Chromium", version: "156" };
const webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";

describe("a browser", () => {
  for (const [userAgent, brands, expected] of [
    ["Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0", [], "Firefox 153.0 Linux"],
    [
      `Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/156.0.0.0 Safari/537.36`,
      [grease, chromium],
      "Chromium 156 Linux",
    ],
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/156.0.0.0 Safari/537.36 Edg/156.0.1.2`,
      [grease, chromium, { brand: "Microsoft Edge", version: "156" }],
      "Microsoft Edge 156 Windows",
    ],
    [`Mozilla/5.0 (Windows NT 10.0) ${webkit} Chrome/99.0 Safari/537.36 Edg/99.1`, [], "Edge 99.1 Windows"],
    [`Mozilla/5.0 (Linux; Android 14) ${webkit} Chrome/120.0.0.0 Mobile Safari/537.36`, [], "Chrome 120.0.0.0 Android"],
    [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webkit} Version/18.1 Safari/605.1.15`, [], "Safari 18.1 macOS"],
    [
      `Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) ${webkit} CriOS/130.0 Mobile Safari/604.1`,
      [],
      "Chrome 130.0 iOS",
    ],
    ["something else", [], "unknown  unknown"],
  ] as const)
    it(`is ${expected}`, () => {
      const { name, version, system } = readBrowser({ userAgent, brands });
      assert.equal(`${name} ${version} ${system}`, expected);
    });

  it("is told to the gateway with what it can do and the devices that are there", async () => {
    const platform = Object.assign(new FakePlatform(), {
      browser: () => ({ userAgent: "Firefox/153.0 Linux", brands: [], abilities: ["webrtc"] }),
    });
    await connect({ platform, user: "alice@localhost" });
    assert.deepEqual(platform.socket.last("session.open")["browser"], {
      name: "Firefox",
      version: "153.0",
      system: "Linux",
      abilities: ["webrtc"],
      devices: { microphones: 2, cameras: 0, speakers: 1 },
    });
  });
});
