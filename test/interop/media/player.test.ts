import assert from "node:assert/strict";
import { systemClock } from "../../../gateway/base/clock.ts";
import type { PlayerProgram, PlayerSession } from "../../../gateway/media/player.ts";
import type { RelaySession } from "../../../gateway/media/relay.ts";
import { RtpPlayer } from "../../../gateway/media/rtp-player/player.ts";
import { frequenciesOf } from "../../../gateway/media/rtp-player/sound-source.ts";
import { Chromium, hear, hearAll, hearsNoTone, hearsTone, type BarePage } from "../../support/chromium.ts";
import { MediaRig, called, caller } from "../../support/media-rig.ts";
import { assertNoTone, assertTone, goertzel, type Sound } from "../../support/tone.ts";
import { elapsed, until } from "../../support/until.ts";

const pageHz = 440;

describe("players: echo, tone, digits", function () {
  this.timeout(30_000);
  const player = new RtpPlayer({ clock: systemClock });
  let rig: MediaRig;
  let chromium: Chromium;

  before(async () => {
    rig = await MediaRig.open();
    chromium = await Chromium.launch({ toneHz: pageHz });
    rig.later(() => chromium.close());
  });
  after(() => rig.close());

  async function pageCalls(
    program: PlayerProgram,
  ): Promise<{ page: BarePage; session: RelaySession; playing: PlayerSession; end: () => Promise<void> }> {
    const page = await chromium.barePage();
    const session = rig.relay.open();
    const playing = await player.open({ program });
    const answer = playing.answer(await session.offer(caller("web"), called("rtp"), await page.offer()));
    await page.accept(await session.answer(called("rtp"), caller("web"), answer));
    const end = async (): Promise<void> => {
      playing.close();
      await session.close();
      await page.close();
    };
    return { page, session, playing, end };
  }

  it("plays a tone to the page", async () => {
    const { page, end } = await pageCalls({ tone: 1000 });
    await hearsTone(page.page, 1000, pageHz);
    await end();
  });

  it("echoes the page's own tone", async () => {
    const { page, end } = await pageCalls({ echo: true });
    await hearsTone(page.page, pageHz, 1000);
    await end();
  });

  it("control: no tone is heard while the media is cut, and again when it is not", async () => {
    const { page, session, end } = await pageCalls({ tone: 1000 });
    const [node] = rig.relay.nodes;
    await hearsTone(page.page, 1000, pageHz);
    await node?.client.command("block media", { "call-id": session.id, all: "all" });
    await until("silence", async () => silent(await hear(page.page)));
    await hearsNoTone(page.page, 1000, pageHz);
    await node?.client.command("unblock media", { "call-id": session.id, all: "all" });
    await hearsTone(page.page, 1000, pageHz);
    await end();
  });

  it("reads digits as audible tones, then says that it has finished", async () => {
    const { page, playing, end } = await pageCalls({ digits: "159" });
    const finished = new Promise<void>((resolve) => playing.on("finished", resolve));
    const heard = await hearAll(page.page, 4000);
    await finished;
    assert.equal(digitsIn(heard), "159");
    await end();
  });

  it("plays to a phone by an offer of its own", async () => {
    const [phone, ua] = await Promise.all([rig.phone({ user: "bob", toneHz: pageHz, codecs: ["PCMA"] }), rig.ua()]);
    const session = rig.relay.open();
    const playing = await player.open({ program: { tone: 1000 } });
    // As if our side had to make the offer: to the phone it is an ordinary call.
    const dialog = ua.dialog(phone.uri, { address: "127.0.0.1", port: phone.sipPort });
    const answered = ua.invite(dialog, { body: await session.offer(called("rtp"), caller("rtp"), playing.offer()) });
    await phone.event("CALL_INCOMING");
    await phone.accept();
    playing.accept(await session.answer(caller("rtp"), called("rtp"), (await answered).body));
    await elapsed(1200);
    ua.send(dialog, "BYE");
    await phone.event("CALL_CLOSED");
    const heard = await phone.heard();
    assertTone(heard, 1000, pageHz);
    assertNoTone(heard, pageHz, 1000);
    playing.close();
    await session.close();
  });

  it("leaves no player and no relay session", () => {
    assert.equal(player.sessions, 0);
    assert.equal(rig.relay.sessions, 0);
  });
});

const silent = ({ samples }: Sound): boolean => samples.every((sample) => Math.abs(sample) < 1e-3);

/** The key whose two frequencies are the loudest in the last 80 ms; undefined in the gaps. */
/** The digits of a recording, read in steps of a quarter of what a digit lasts. */
function digitsIn({ rate, samples }: Sound): string {
  const [window, step] = [Math.floor(rate * 0.08), Math.floor(rate * 0.04)];
  const read: (string | undefined)[] = [];
  for (let at = 0; at + window <= samples.length; at += step) {
    read.push(loudestDigit(samples.subarray(at, at + window), rate));
  }
  return read.filter((digit, at) => digit !== undefined && digit !== read[at - 1]).join("");
}

function loudestDigit(samples: Float64Array, rate: number): string | undefined {
  const strength = (digit: string): number =>
    Math.min(...frequenciesOf(digit).map((hz) => goertzel(samples, rate, hz)));
  const [best] = [..."0123456789"].sort((a, b) => strength(b) - strength(a));
  return best && strength(best) > 0.005 ? best : undefined;
}
