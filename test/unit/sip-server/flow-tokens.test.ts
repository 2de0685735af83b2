import assert from "node:assert/strict";
import { FlowTokens } from "../../../gateway/sip-server/dialog/proxy/flow-tokens.ts";
import { NamedFlows } from "../../../gateway/sip-server/dialog/proxy/named-flows.ts";
import type { Flow, Listener } from "../../../gateway/sip-server/transport/flow.ts";

describe("flow tokens (RFC 5626 5.2)", () => {
  const tokens = new FlowTokens("secret");
  const token = tokens.make("udp 127.0.0.1:5060 10.0.0.1 5066", "call");

  it("say which flow they stand for, in characters of a user part", () => {
    assert.equal(tokens.read(token, "call"), "udp 127.0.0.1:5060 10.0.0.1 5066");
    assert.match(token, /^[A-Za-z0-9_.-]+$/);
    assert.equal(new FlowTokens("secret").make("udp 127.0.0.1:5060 10.0.0.1 5066", "call"), token);
  });

  it("are worth nothing with any character changed, left out or added, elsewhere, or for another call", () => {
    for (let at = 0; at < token.length; at++) {
      const changed = token[at] === "A" ? "B" : "A";
      assert.equal(tokens.read(token.slice(0, at) + changed + token.slice(at + 1), "call"), undefined, `at ${at}`);
      assert.equal(tokens.read(token.slice(0, at), "call"), undefined, `cut at ${at}`);
    }
    for (const spoiled of [`${token}A`, `${token}=`, `${token}!`, "", "flow."]) {
      assert.equal(tokens.read(spoiled, "call"), undefined, spoiled);
    }
    assert.equal(new FlowTokens("other").read(token, "call"), undefined);
    assert.equal(tokens.read(token, "other call"), undefined);
  });
});

describe("flows by name", () => {
  const listener: Listener = { protocol: "udp", host: "::1", port: 5060 };
  const remote = { host: "2001:db8::1", port: 5066 };
  const flow = (reliable: boolean): Flow => ({
    listener,
    address: listener,
    remote,
    reliable,
    open: true,
    send: () => {},
  });
  const open = (to: typeof remote, from: Listener): Flow => ({ ...flow(false), remote: to, listener: from });

  it("finds a connection until it closes, and no other one", () => {
    const flows = new NamedFlows(() => [listener], open);
    const [one, two] = [flow(true), flow(true)];
    const ids = [flows.idOf(one), flows.idOf(two)];
    assert.equal(flows.idOf(one), ids[0]);
    assert.deepEqual([flows.find(ids[0] ?? "") === one, flows.find(ids[1] ?? "") === two], [true, true]);
    flows.flowClosed(one);
    assert.deepEqual([flows.find(ids[0] ?? ""), flows.find(ids[1] ?? "") === two], [undefined, true]);
    assert.equal(new NamedFlows(() => [listener], open).find(ids[1] ?? ""), undefined);
  });

  it("finds a UDP flow by its addresses, while ours is bound", () => {
    const id = new NamedFlows(() => [listener], open).idOf(flow(false));
    const found = new NamedFlows(() => [listener], open).find(id);
    assert.deepEqual([found?.remote, found?.listener], [remote, listener]);
    assert.equal(new NamedFlows(() => [], open).find(id), undefined);
  });
});
