import assert from "node:assert/strict";
import { hashApiKey } from "../../gateway/identity/api-keys.ts";
import { FrameClient } from "../support/frame-client.ts";
import { domain, patience } from "../support/gateway.ts";
import { SeveralNodes } from "../support/several-nodes.ts";
import { until } from "../support/until.ts";

const key = "key-of-the-flow-of-accounts-77b1";

describe("accounts over two gateways", function () {
  this.timeout(2 * patience);
  let nodes: SeveralNodes;

  before(async () => {
    const apiKeys = [{ id: "flow", hash: hashApiKey(key), domain, rights: ["accounts"] }];
    nodes = await SeveralNodes.start(2, { NO_MEDIA: "/nonexistent" }, {}, { apiKeys });
  });
  after(async () => {
    await nodes?.assertIdle();
    await nodes?.stop();
  });

  const ask = async (node: number, method: string, path: string, body?: object): Promise<number> => {
    const headers = { authorization: `Bearer ${key}`, ...(body && { "content-type": "application/json" }) };
    const request = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    return (await fetch(`${nodes.at(node).url}/api/v1/${path}`, request)).status;
  };

  it("that are added at one are signed in and called at the other, and are gone from both", async () => {
    const user = `henry@${domain}`;
    assert.equal(await ask(0, "POST", "accounts", { user, name: "Henry" }), 201);
    await until("the other node", async () => (await ask(1, "GET", `accounts/${user}`)) === 200);
    const [henry, alice] = [
      await FrameClient.signedIn(nodes.at(1), user),
      await FrameClient.signedIn(nodes.at(0), "alice"),
    ];
    const sent = await alice.request("message.send", { to: { user }, text: "welcome", messageId: "m-1" });
    assert.equal(sent.type, "message.accepted");
    await henry.next("the welcome", ({ type }) => type === "message.received");
    await Promise.all([henry, alice].map((page) => page.request("session.close")));
    await Promise.all([henry.close(), alice.close()]);
    assert.equal(await ask(1, "DELETE", `accounts/${user}`), 204);
    await until("the first node", async () => (await ask(0, "GET", `accounts/${user}`)) === 404);
  });

  it("that were added are known to a gateway that was restarted, wherever its files are", async () => {
    const user = `irma@${domain}`;
    assert.equal(await ask(1, "POST", "accounts", { user }), 201);
    await nodes.replace(0);
    assert.equal(await ask(0, "GET", `accounts/${user}`), 200);
    assert.equal(await ask(0, "DELETE", `accounts/${user}`), 204);
  });
});
