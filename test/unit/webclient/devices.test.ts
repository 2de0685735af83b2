import assert from "node:assert/strict";
import { connect, type Session } from "../../../webclient/index.ts";
import { loudness } from "../../../webclient/loudness.ts";
import { FakePlatform, turns } from "../../support/fake-platform.ts";

async function session(): Promise<{ platform: FakePlatform; session: Session }> {
  const platform = new FakePlatform();
  const opened = await connect({ platform, user: "alice@localhost" });
  await turns();
  return { platform, session: opened };
}

const device = (platform: FakePlatform, deviceId: string): MediaDeviceInfo =>
  platform.devices.find((known) => known.deviceId === deviceId) as MediaDeviceInfo;

describe("opening a microphone", () => {
  const faults = [
    ["NotAllowedError", "microphone-denied", "after-user-action"],
    ["NotFoundError", "microphone-missing", "after-user-action"],
    ["OverconstrainedError", "microphone-missing", "after-user-action"],
    ["NotReadableError", "microphone-busy", "after-user-action"],
    ["TypeError", "unsupported", "never"],
  ] as const;
  for (const [name, code, retry] of faults) {
    it(`calls ${name} ${code}`, async () => {
      const { platform, session: at } = await session();
      platform.captureFault = name;
      await assert.rejects(at.call("tel:600"), { name: "ClientError", code, retry });
      assert.ok(!platform.socket.sent.some(({ type }) => type === "call.start"));
    });
  }

  it("knows plain http", async () => {
    const platform = new FakePlatform();
    Object.assign(platform, { media: undefined, secure: false });
    const at = await connect({ platform, user: "alice@localhost" });
    await assert.rejects(at.call("tel:600"), { code: "insecure-context" });
  });

  it("tells the devices that it was denied", async () => {
    const { platform, session: at } = await session();
    const blocked = at.devices.next("blocked");
    platform.captureFault = "NotAllowedError";
    await assert.rejects(at.call("tel:600"));
    assert.equal(await blocked, "microphone");
  });
});

describe("devices", () => {
  it("are listed by kind, and again when one is plugged in", async () => {
    const { platform, session: at } = await session();
    const labels = (): string[][] =>
      [at.devices.view().microphones, at.devices.view().speakers, at.devices.view().cameras].map((list) =>
        list.map(({ label }) => label),
      );
    assert.deepEqual(labels(), [["Built-in", "Headset"], ["Speaker"], []]);
    platform.plug([{ kind: "audioinput", deviceId: "usb", label: "USB" }]);
    await turns();
    assert.deepEqual(labels(), [["USB"], [], []]);
  });

  it("are used in the call that is up and in the next one", async () => {
    const { platform, session: at } = await session();
    const call = await at.call("tel:600");
    call.mute("audio", true);
    await at.devices.use(device(platform, "headset"));
    await turns();
    const [sender] = platform.connection.senders;
    assert.deepEqual([sender?.track.deviceId, sender?.track.enabled], ["headset", false]);
    assert.ok(platform.captured[0]?.getTracks()[0]?.deviceId === "headset");
    assert.equal(at.devices.view().chosen.microphone, "headset");
    await at.call("tel:601");
    assert.deepEqual(platform.constraints.at(-1), { audio: { deviceId: { ideal: "headset" } } });
  });

  it("play where they are told, rings elsewhere", async () => {
    const { platform, session: at } = await session();
    await at.call("tel:600");
    platform.socket.fact({
      type: "call.early",
      callId: "c1",
      description: { kind: "answer", sdp: "remote", generation: 1 },
    });
    await turns();
    await at.devices.use(device(platform, "speaker"));
    assert.equal(platform.players[0]?.device, "speaker");
    await at.devices.use(device(platform, "speaker"), "ring");
    assert.deepEqual(at.devices.view().chosen, { speaker: "speaker", ring: "speaker" });
  });

  it("are replaced when they are pulled out during a call", async () => {
    const { platform, session: at } = await session();
    await at.devices.use(device(platform, "headset"));
    await at.call("tel:600");
    const [track] = platform.captured[0]?.getTracks() ?? [];
    const lost = at.devices.next("lost");
    track?.pull();
    await turns();
    assert.equal((await lost).label, "Headset");
    assert.equal(platform.connection.senders[0]?.track.deviceId, "built-in");
    assert.equal(at.devices.view().chosen.microphone, undefined);
  });

  it("wait for a click where the browser wants one", async () => {
    const { platform, session: at } = await session();
    platform.playbackBlocked = true;
    await at.call("tel:600");
    const blocked = at.devices.next("blocked");
    platform.socket.fact({
      type: "call.early",
      callId: "c1",
      description: { kind: "answer", sdp: "remote", generation: 1 },
    });
    assert.equal(await blocked, "playback");
    await assert.rejects(at.devices.startAudio(), { code: "playback-blocked" });
    platform.playbackBlocked = false;
    await at.devices.startAudio();
    assert.equal(platform.players[0]?.started, 1);
  });

  it("show the level of the microphone while a call is up", async () => {
    const { platform, session: at } = await session();
    const call = await at.call("tel:600");
    await platform.pass(100);
    assert.equal(at.devices.view().level, 0.5);
    const view = at.devices.view();
    await platform.pass(1_000);
    assert.equal(at.devices.view(), view);
    platform.answers.set("call.end", () => undefined);
    const ending = call.end();
    await platform.pass(2_000);
    await ending;
    assert.equal(at.devices.view().level, 0);
  });
});

describe("loudness", () => {
  const sine = (peak: number): Float32Array =>
    Float32Array.from({ length: 1024 }, (_, index) => peak * Math.sin((2 * Math.PI * index) / 32));
  it("is 0 for silence, 1 for a full-scale tone, and follows decibels between", () => {
    assert.equal(loudness(new Float32Array(1024)), 0);
    assert.ok(Math.abs(loudness(sine(1)) - 1) < 0.001);
    assert.ok(Math.abs(loudness(sine(10 ** (-30 / 20))) - 0.5) < 0.001);
    assert.equal(loudness(sine(0.0001)), 0);
    assert.equal(loudness(sine(8)), 1);
  });
});
