import assert from "node:assert/strict";
import { systemClock } from "../../../gateway/base/clock.ts";
import { silentLogger } from "../../../gateway/base/log.ts";
import { readConfig } from "../../../gateway/sip-server/config.ts";
import { SipServer } from "../../../gateway/sip-server/server.ts";

describe("the SIP server", () => {
  it("is put together, listens and stops", async () => {
    const addresses = [
      "--sip",
      "udp/127.0.0.1:0,tcp/127.0.0.1:0",
      "--control",
      "127.0.0.1:0",
      "--metrics",
      "127.0.0.1:0",
    ];
    const server = new SipServer(readConfig(["--secret", "x", ...addresses]), systemClock, silentLogger);
    const { sip, metrics } = await server.start();
    assert.equal(sip.length, 2);
    const text = await (await fetch(`http://${metrics}/metrics`)).text();
    assert.match(text, /^offhook_sip_transactions 0$/m);
    await server.stop();
  });
});
