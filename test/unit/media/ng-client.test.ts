import assert from "node:assert/strict";
import { NgClient } from "../../../gateway/media/rtpengine/ng-client.ts";
import { FakeNg } from "../../support/fake-ng.ts";
import { until } from "../../support/until.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

describe("ng client", () => {
  let server: FakeNg;
  let clock: VirtualClock;
  let client: NgClient;

  beforeEach(async () => {
    server = await FakeNg.open();
    clock = new VirtualClock();
    client = new NgClient({ host: "127.0.0.1", port: server.port, clock });
  });
  afterEach(() => {
    client.close();
    server.close();
    assert.equal(clock.pending, 0, "no timer is left");
  });

  const received = (count: number): Promise<unknown> =>
    until(`${count} commands`, () => server.received.length === count);

  it("resolves with the reply", async () => {
    server.answer = ({ reply }) => reply({ result: "ok", sdp: "v=0" });
    assert.equal((await client.command("offer", { "call-id": "x" }))["sdp"], "v=0");
    assert.deepEqual(server.received[0]?.command, { command: "offer", "call-id": "x" });
  });

  it("rejects with rtpengine's own text", async () => {
    server.answer = ({ reply }) => reply({ result: "error", "error-reason": "Unknown call-id" });
    await assert.rejects(client.command("delete"), { code: "refused", message: "Unknown call-id" });
  });

  it("repeats once after 500 ms, under the same cookie: nothing is done twice", async () => {
    const reply = client.command("offer");
    await received(1);
    clock.advance(500);
    await received(2);
    const [first, second] = server.received;
    assert.equal(first?.cookie, second?.cookie);
    second?.reply({ result: "ok" });
    assert.equal((await reply)["result"], "ok");
  });

  it("gives up after 1500 ms, and a late reply hurts nobody", async () => {
    const failed = assert.rejects(client.command("offer"), { code: "timeout" });
    await received(1);
    clock.advance(500);
    await received(2);
    clock.advance(1000);
    await failed;
    server.received[0]?.reply({ result: "ok" });
    server.received[1]?.reply({ result: "ok" });
    server.answer = ({ reply }) => reply({ result: "pong" });
    assert.equal((await client.command("ping"))["result"], "pong");
    assert.equal(server.received.length, 3);
  });

  it("drops what is no reply", async () => {
    server.answer = ({ cookie, port, reply }) => {
      for (const text of ["", "rubbish", `${cookie} d3:foo`, `${cookie} 3:foo`, `${"x".repeat(36)} d6:result2:noe`])
        server.send(Buffer.from(text), port);
      reply({ result: "ok" });
      reply({ result: "again" });
    };
    assert.equal((await client.command("ping"))["result"], "ok");
  });

  it("fails what is pending when it is closed", async () => {
    const failed = assert.rejects(client.command("offer"), { code: "no-relay" });
    client.close();
    await failed;
  });
});
