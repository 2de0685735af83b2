import assert from "node:assert/strict";
import { connect, type ClientError } from "../../../webclient/index.ts";
import { candidateAddresses, iceVerdict, type IceFacts } from "../../../webclient/ice-verdict.ts";
import { refusalOf, type RefusalSigns } from "../../../webclient/microphone-refusal.ts";
import { FakePlatform, turns } from "../../support/fake-platform.ts";

describe("who refused the microphone", () => {
  const asked: RefusalSigns = { message: "", policy: true, framed: false, listed: true, permission: "denied" };
  const rows: readonly (readonly [string, Partial<RefusalSigns>, ReturnType<typeof refusalOf>])[] = [
    ["the user", {}, "user"],
    ["a user who is in a frame that has the microphone", { framed: true }, "user"],
    ["a browser that says nothing, on a page of its own", { policy: undefined, listed: false }, "user"],
    ["nobody yet", { permission: "prompt" }, "dismissed"],
    ["nobody yet, in Chromium's words", { message: "Permission dismissed" }, "dismissed"],
    ["the page's own header", { policy: false, permission: "granted" }, "permissions-policy"],
    ["the page around", { policy: false, framed: true, permission: "granted" }, "iframe-allow"],
    ["the page around, in Firefox", { policy: undefined, framed: true, listed: false }, "iframe-allow"],
    ["the user in a frame, in Firefox", { policy: undefined, framed: true }, "user"],
    ["the system, in Chromium's words", { message: "Permission denied by system" }, "system"],
    ["the system, after the user's yes", { permission: "granted" }, "system"],
    ["a browser without Permissions API", { permission: undefined }, "user"],
  ];
  for (const [who, signs, expected] of rows)
    it(`is ${who}`, () => assert.equal(refusalOf({ ...asked, ...signs }), expected));

  it("is told with the error", async () => {
    const platform = new FakePlatform();
    const session = await connect({ platform, user: "alice@localhost" });
    Object.assign(platform, { captureFault: "NotAllowedError", policy: false, framed: true });
    await assert.rejects(session.call("tel:600"), { code: "microphone-denied", detail: "iframe-allow" });
  });
});

describe("why there is no way for sound", () => {
  const tried: IceFacts = {
    local: ["udp", "tcp"],
    remote: ["10.0.0.1"],
    pairs: 1,
    gathered: false,
    relayOnly: false,
    online: true,
  };
  const rows: readonly (readonly [string, Partial<IceFacts>, ReturnType<typeof iceVerdict>])[] = [
    ["pairs are tried and nothing comes back", {}, "udp-blocked"],
    ["the relay is at 127.0.0.1", { remote: ["127.0.0.1", "::1"] }, "loopback-only"],
    ["one of its addresses is another", { remote: ["127.0.0.1", "10.0.0.1"] }, "udp-blocked"],
    ["there is no network, and yet a gateway", { local: [], online: false, remote: [], pairs: 0 }, "loopback-only"],
    ["the browser finds no address", { local: [], pairs: 0 }, "no-candidate"],
    ["it finds none for UDP only", { local: ["tcp"], pairs: 0 }, "policy"],
    ["it has looked, and may use none", { local: [], pairs: 0, gathered: true }, "policy"],
    ["only TURN is allowed", { local: [], pairs: 0, relayOnly: true }, "policy"],
    ["the addresses are of different kinds", { remote: ["fd00::1"], pairs: 0 }, "no-pair"],
  ];
  for (const [why, facts, expected] of rows)
    it(`${expected}: ${why}`, () => assert.equal(iceVerdict({ ...tried, ...facts }), expected));

  it("reads the relay's addresses from its description", () => {
    const sdp = [
      "m=audio 9 UDP/TLS/RTP/SAVPF 0",
      "a=candidate:a 1 UDP 2130706431 10.0.0.1 30000 typ host",
      "a=candidate:b 1 UDP 2130706175 fd00::1 30000 typ host",
    ];
    assert.deepEqual(candidateAddresses(`${sdp.join("\r\n")}\r\n`), ["10.0.0.1", "fd00::1"]);
  });
});

describe("the watch over a call's way", () => {
  const answer = (address: string): string => `a=candidate:a 1 UDP 1 ${address} 30000 typ host\r\n`;

  async function dialing() {
    const platform = new FakePlatform();
    const session = await connect({ platform, user: "alice@localhost" });
    const call = await session.call("tel:600");
    const problems: ClientError[] = [];
    call.on("problem", (problem) => problems.push(problem));
    const answered = async (address: string): Promise<void> => {
      const description = { kind: "answer", sdp: answer(address), generation: 1 } as const;
      platform.socket.fact({ type: "call.answered", callId: call.id, description });
      await platform.pass(0);
    };
    const details = (): unknown[] => problems.map(({ code, detail }) => [code, detail]);
    return { platform, call, answered, details };
  }

  it("says after 2 s that the browser has no address, while it still rings", async () => {
    const { platform, details } = await dialing();
    platform.connection.stats = [];
    await platform.pass(1_999);
    assert.deepEqual(details(), []);
    await platform.pass(1);
    assert.deepEqual(details(), [["ice-failed", "no-candidate"]]);
  });

  it("says a cause once, and another one too", async () => {
    const { platform, answered, details } = await dialing();
    platform.connection.stats = [];
    await platform.pass(2_000);
    await answered("127.0.0.1");
    await platform.pass(2_000);
    platform.connection.become("failed");
    await turns();
    assert.deepEqual(details(), [
      ["ice-failed", "no-candidate"],
      ["ice-failed", "loopback-only"],
    ]);
  });

  it("tells the gateway", async () => {
    const { platform, answered, call } = await dialing();
    await answered("10.0.0.1");
    await platform.pass(2_000);
    const { callId, problem } = platform.socket.last("call.report");
    assert.deepEqual([callId, problem], [call.id, { code: "ice-failed", detail: "udp-blocked" }]);
  });

  it("does not mind when the gateway knows no reports", async () => {
    const { platform, answered, call } = await dialing();
    platform.answers.set("call.report", () => ({ type: "refused", code: "unsupported", text: "Unknown." }));
    await answered("10.0.0.1");
    await platform.pass(2_000);
    assert.equal(call.view().state, "reconnecting");
  });

  it("is silent when there is a way, and when the call is over", async () => {
    const { platform, answered, call, details } = await dialing();
    await answered("10.0.0.1");
    platform.connection.become("connected");
    await platform.pass(10_000);
    void call.end();
    await platform.pass(10_000);
    assert.deepEqual(details(), []);
  });

  it("gives no cause of ICE when the encryption fails", async () => {
    const { platform, answered, details } = await dialing();
    await answered("10.0.0.1");
    platform.connection.become("connected");
    Object.assign(platform.connection, { connectionState: "failed", iceConnectionState: "connected" });
    platform.connection.onconnectionstatechange?.();
    assert.deepEqual(details(), [["ice-failed", undefined]]);
  });
});

describe("why a connection cannot be opened", () => {
  const unreachable = async (platform: FakePlatform, url = "wss://gateway.test/ws"): Promise<ClientError> => {
    const fault = connect({ platform, url, user: "alice@localhost" }).then(
      () => assert.fail("it was opened"),
      (thrown: ClientError) => thrown,
    );
    await turns();
    platform.sockets[0]?.drop();
    await platform.pass(200);
    return fault;
  };

  const closed = (): FakePlatform => Object.assign(new FakePlatform(), { reachable: false });

  it("the gateway does not answer", async () => {
    const { code, detail } = await unreachable(closed());
    assert.deepEqual([code, detail], ["unreachable", undefined]);
  });

  it("there is no network", async () => {
    const { code, detail } = await unreachable(Object.assign(closed(), { networkUp: false }));
    assert.deepEqual([code, detail], ["unreachable", "offline"]);
  });

  it("the page's Content-Security-Policy forbids it", async () => {
    const platform = closed();
    const fault = assert.rejects(connect({ platform, user: "alice@localhost" }), {
      code: "unreachable",
      detail: "csp",
      retry: "never",
    });
    await turns();
    platform.forbid();
    await fault;
    assert.equal(platform.clock.pending, 0);
  });

  it("the browser throws, and says a moment later that it was the policy", async () => {
    const platform = Object.assign(closed(), {
      openSocket: () => {
        queueMicrotask(() => platform.forbid());
        throw new Error("NS_ERROR_CONTENT_BLOCKED");
      },
    });
    await assert.rejects(connect({ platform, user: "alice@localhost" }), { code: "unreachable", detail: "csp" });
  });

  it("the browser never connects there", async () => {
    const refuse = (): never => {
      throw Object.assign(new Error("insecure"), { name: "SecurityError" });
    };
    const { code, detail } = await unreachable(Object.assign(closed(), { openSocket: refuse }));
    assert.deepEqual([code, detail], ["unreachable", "socket-blocked"]);
  });

  const networks = [
    ["wss://gateway.test/ws", "local-network", "local-network-blocked"],
    ["ws://127.0.0.1:8080/ws", "loopback-network", "local-network-blocked"],
    ["ws://192.168.1.2/ws", "loopback-network", "unreachable"],
    ["wss://gateway.test/ws", "local-network-access", "local-network-blocked"],
  ] as const;
  for (const [url, permission, expected] of networks)
    it(`${expected}: ${permission} is denied, and the gateway is at ${url}`, async () => {
      const platform = closed();
      platform.permissions.set(permission, "denied");
      assert.equal((await unreachable(platform, url)).code, expected);
    });

  it("a page is not kept from the gateway that it came from", async () => {
    const platform = closed();
    platform.permissions.set("local-network", "denied");
    assert.equal((await unreachable(platform, platform.defaultUrl)).code, "unreachable");
  });
});
