import assert from "node:assert/strict";
import { operationArguments } from "../../../gateway/compose/sip-operation.ts";
import { readConfig } from "../../../gateway/config.ts";
import { readConfig as readServerConfig } from "../../../gateway/sip-server/config.ts";

/** What the SIP server makes of what the gateway tells it. */
function told(env: Record<string, string>, trunks: readonly { name: string; address: string }[] = []) {
  const config = { ...readConfig(env), trunks: [...trunks] };
  const words = Object.entries(operationArguments(config)).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [`--${name}`, String(value)],
  );
  return readServerConfig(["--secret", "x", ...words]).gate;
}

describe("settings of the gateway for its SIP server", () => {
  it("limit strangers, and neither private networks nor trunks", () => {
    const { rate, trusted, dropScanners } = told({}, [{ name: "t", address: "192.0.2.40:5060" }]);
    assert.deepEqual([rate, dropScanners], [500, false]);
    const hosts = ["10.1.2.3", "127.0.0.1", "192.0.2.40", "192.0.2.41"];
    assert.deepEqual(
      hosts.filter((host) => trusted.contains(host)),
      hosts.slice(0, 3),
    );
  });

  it("can be others, and nobody's", () => {
    const { rate, trusted, dropScanners } = told({
      GATEWAY_SIP_RATE_LIMIT: "50",
      GATEWAY_SIP_TRUSTED_NETWORKS: "198.51.100.0/24",
      GATEWAY_SIP_DROP_SCANNERS: "true",
    });
    assert.deepEqual([rate, dropScanners], [50, true]);
    assert.deepEqual([trusted.contains("198.51.100.7"), trusted.contains("10.1.2.3")], [true, false]);
    assert.equal(told({ GATEWAY_SIP_TRUSTED_NETWORKS: "" }).trusted.contains("127.0.0.1"), false);
  });
});
