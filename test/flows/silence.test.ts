import assert from "node:assert/strict";
import { connect } from "node:net";
import { FrameClient } from "../support/frame-client.ts";
import { patience, TestGateway } from "../support/gateway.ts";
import { until } from "../support/until.ts";

const signInTimeout = 1500;

/** Whoever connects and then says nothing, or half of something, holds nothing of ours for long. */
describe("silence on the page's port", function () {
  this.timeout(patience);
  let gateway: TestGateway;

  before(async () => {
    gateway = await TestGateway.start({ env: { GATEWAY_HTTP_SIGN_IN_TIMEOUT: String(signInTimeout) } });
  });

  after(async () => {
    await gateway?.assertIdle();
    await gateway?.stop();
  });

  const halves = {
    nothing: "",
    "half a request line": "GET /he",
    "half of an upgrade's headers": "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websock",
    "half a body": "POST /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\nhalf",
  };

  for (const [what, text] of Object.entries(halves)) {
    it(`${what}: closed`, async () => {
      let closed = false;
      const socket = connect(gateway.httpPort, "localhost");
      socket.on("error", () => {}).on("close", () => (closed = true));
      socket.resume();
      socket.write(text);
      await until("the connection's end", () => closed, 2 * signInTimeout + 1000);
    });
  }

  it("a WebSocket that nobody signs in on: closed", async () => {
    const client = await FrameClient.open(gateway);
    assert.equal((await client.closed(signInTimeout + 1000)).code, 4408);
  });
});
