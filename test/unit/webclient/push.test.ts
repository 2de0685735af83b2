import assert from "node:assert/strict";
import { ClientError, type Channel, type Session } from "../../../webclient/index.ts";
import type { PushBrowser } from "../../../webclient/push/browser-push.ts";
import { Push, type PushWorker } from "../../../webclient/push/index.ts";
import { settled } from "../../support/settled.ts";

const key = Buffer.alloc(65, 4).toString("base64url");
const keyBytes = (text: string): ArrayBuffer => new Uint8Array(Buffer.from(text, "base64url")).buffer;

interface World {
  readonly permission?: NotificationPermission;
  /** What the user says when asked. */
  readonly says?: NotificationPermission;
  readonly secure?: boolean;
  readonly supported?: boolean;
  readonly refused?: boolean;
  readonly serves?: boolean;
  readonly memory?: Map<string, string>;
  readonly known?: { readonly endpoint: string; readonly key: string };
}

/** A page of alice's, with a browser that a test plays. */
function rig({
  says = "granted",
  secure = true,
  supported = true,
  refused = false,
  serves = true,
  ...world
}: World = {}) {
  const asked: Record<string, unknown>[] = [];
  const memory = world.memory ?? new Map<string, string>();
  let permission = world.permission ?? "default";
  let again: (how: "resumed" | "opened") => void = () => {};
  let made = 0;
  const fake = (endpoint: string, madeWith: string): PushSubscription =>
    ({
      endpoint,
      options: { applicationServerKey: keyBytes(madeWith), userVisibleOnly: true },
      toJSON: () => ({ endpoint, expirationTime: null, keys: { p256dh: "P", auth: "A" } }),
      unsubscribe: async () => {
        current = undefined;
        asked.push({ type: "(unsubscribed)", endpoint });
        return true;
      },
    }) as unknown as PushSubscription;
  let current = world.known && fake(world.known.endpoint, world.known.key);
  const channel = {
    ask: async (request: { type: string }) => {
      asked.push(request as Record<string, unknown>);
      if (refused) throw new ClientError("unsupported");
      return request.type === "push.show" ? { key } : {};
    },
    onAgain: (listener: typeof again) => {
      again = listener;
      return () => {};
    },
    onClosed: () => () => {},
  } as unknown as Channel;
  const worker = {
    pushManager: {
      getSubscription: async () => current ?? null,
      subscribe: async () => {
        if (!serves) throw new DOMException("no service", "AbortError");
        return (current = fake(`https://push.example.org/${(made += 1)}`, key));
      },
    },
  } as unknown as PushWorker;
  const browser: PushBrowser = {
    secure,
    supported,
    permission: () => permission,
    ask: async () => (permission = says),
    recall: (name) => memory.get(name),
    remember: (name, value) => void (value === undefined ? memory.delete(name) : memory.set(name, value)),
  };
  const session = { channel, view: () => ({ user: "alice@a.example" }) } as unknown as Session;
  const push = new Push(session, worker, { language: "fr", browser });
  return {
    push,
    asked,
    memory,
    types: () => asked.map(({ type }) => type),
    again: async () => {
      again("opened");
      await settled();
    },
    block: () => (permission = "denied"),
  };
}

/** Push services of browsers cannot be reached in tests: the browser's side is played here. */
describe("Web Push in the library", () => {
  for (const [world, state] of [
    [{}, "off"],
    [{ secure: false }, "insecure"],
    [{ supported: false }, "unsupported"],
    [{ refused: true }, "unavailable"],
    [{ permission: "denied" }, "denied"],
    [{ permission: "granted" }, "off"],
  ] as const)
    it(`with ${JSON.stringify(world)} is ${state}`, async () => {
      const { push } = rig(world);
      assert.equal(push.view().state, "checking");
      await push.ready;
      assert.equal(push.view().state, state);
    });

  it("is switched on: asks, subscribes, and tells the gateway", async () => {
    const { push, asked, memory } = rig();
    assert.equal(await push.enable(), "on");
    assert.deepEqual(asked, [
      { type: "push.show" },
      { type: "push.subscribe", endpoint: "https://push.example.org/1", p256dh: "P", auth: "A", language: "fr" },
    ]);
    assert.deepEqual([...memory], [["offhook.push", "alice@a.example"]]);
  });

  for (const says of ["denied", "default"] as const)
    it(`stays off when the user says ${says}`, async () => {
      const { push, types } = rig({ says });
      assert.equal(await push.enable(), says === "denied" ? "denied" : "off");
      assert.deepEqual(types(), ["push.show"]);
    });

  it("says when the browser's push service does not serve it", async () => {
    const { push } = rig({ serves: false });
    await assert.rejects(push.enable(), { code: "unsupported" });
    assert.equal(push.view().state, "off");
  });

  it("is renewed whenever the page opens, and when the session is opened anew", async () => {
    const memory = new Map([["offhook.push", "alice@a.example"]]);
    const known = { endpoint: "https://push.example.org/known", key };
    const { push, types, again } = rig({ permission: "granted", memory, known });
    await push.ready;
    assert.deepEqual([push.view().state, types()], ["on", ["push.show", "push.subscribe"]]);
    await again();
    assert.deepEqual(types(), ["push.show", "push.subscribe", "push.show", "push.subscribe"]);
  });

  for (const [why, user, madeWith] of [
    ["another key", "alice@a.example", Buffer.alloc(65, 5).toString("base64url")],
    ["another user", "bob@a.example", key],
  ] as const)
    it(`gives up what ${why} has subscribed`, async () => {
      const known = { endpoint: "https://push.example.org/old", key: madeWith };
      const { push, types } = rig({ permission: "granted", memory: new Map([["offhook.push", user]]), known });
      await push.ready;
      assert.equal(push.view().state, user.startsWith("alice") ? "on" : "off", "it was on for her, or not");
      await push.enable();
      assert.ok(types().includes("(unsubscribed)"));
      assert.equal(push.view().state, "on");
    });

  it("is switched off: the browser and the gateway forget it", async () => {
    const { push, asked, memory } = rig();
    await push.enable();
    await push.disable();
    assert.equal(push.view().state, "off");
    assert.deepEqual(asked.slice(2), [
      { type: "(unsubscribed)", endpoint: "https://push.example.org/1" },
      { type: "push.unsubscribe", endpoint: "https://push.example.org/1" },
    ]);
    assert.equal(memory.size, 0);
  });

  it("sees that the user has blocked it since", async () => {
    const { push, block, again } = rig();
    await push.enable();
    block();
    await again();
    assert.equal(push.view().state, "denied");
  });
});
