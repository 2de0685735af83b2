import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Chromium, hearsTone } from "../../support/chromium.ts";
import * as firefoxSupport from "../../support/firefox.ts";
import { MediaRig, called, caller, pageCallsPhone } from "../../support/media-rig.ts";
import { assertTone } from "../../support/tone.ts";
import { elapsed } from "../../support/until.ts";

describe("sound between browsers, and a leg that moves", function () {
  this.timeout(40_000);
  let rig: MediaRig;
  let chromium: Chromium;

  before(async () => {
    rig = await MediaRig.open();
    chromium = await Chromium.launch({ toneHz: 1000 });
    rig.later(() => chromium.close());
  });
  after(() => rig.close());

  it("two tabs of Chromium hear each other", async () => {
    const [one, other] = [await chromium.barePage(), await chromium.barePage({ toneHz: 440 })];
    const session = rig.relay.open();
    const sides = { from: caller("web"), to: called("web") };
    const answer = await other.answer(await session.offer(sides.from, sides.to, await one.offer()));
    await one.accept(await session.answer(sides.to, sides.from, answer));
    await hearsTone(one.page, 440, 1000);
    await hearsTone(other.page, 1000, 440);
    await session.close();
    await Promise.all([one.close(), other.close()]);
  });

  it("the page stays connected while its call moves from one phone to another", async () => {
    const [phone, second, ua, page] = await Promise.all([
      rig.phone({ user: "bob", toneHz: 440 }),
      rig.phone({ user: "carol", toneHz: 1700, codecs: ["PCMA"] }),
      rig.ua(),
      chromium.barePage(),
    ]);
    const session = rig.relay.open();
    const dialog = await pageCallsPhone(session, { from: caller("web"), to: called("rtp") }, { page, phone, ua });
    await hearsTone(page.page, 440, 1000);

    // The page's description as it stands is offered to the second phone; the page itself is told nothing.
    const third = { leg: "third", kind: "rtp" } as const;
    const standing = await page.page.evaluate<string>("bare.pc.localDescription.sdp");
    const toSecond = ua.dialog(second.uri, { address: "127.0.0.1", port: second.sipPort });
    const answered = ua.invite(toSecond, { body: await session.offer(caller("web"), third, standing) });
    await second.event("CALL_INCOMING");
    await second.accept();
    await session.answer(third, caller("web"), (await answered).body);
    await session.remove("called");
    ua.send(dialog, "BYE");
    await hearsTone(page.page, 1700, 440);
    await elapsed(800);
    ua.send(toSecond, "BYE");
    await second.event("CALL_CLOSED");
    assertTone(await second.heard(), 1000, 1700);
    await session.close();
    await page.close();
  });

  it("Firefox calls a phone", async () => {
    const { Firefox, barePage, hearsTone: firefoxHears } = firefoxSupport;
    const server = createServer((_, response) => response.setHeader("content-type", "text/html").end(barePage));
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const firefox = await Firefox.launch({ toneHz: 1000 });
    const [phone, ua] = await Promise.all([rig.phone({ user: "bob", toneHz: 440 }), rig.ua()]);
    const page = await firefox.barePage(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const run = (script: string): Promise<string> => page.evaluate(script) as Promise<string>;

    const session = rig.relay.open();
    const dialog = ua.dialog(phone.uri, { address: "127.0.0.1", port: phone.sipPort });
    const body = await session.offer(caller("web"), called("rtp"), await run("bare.offer()"));
    const answered = ua.invite(dialog, { body });
    await phone.event("CALL_INCOMING");
    await phone.accept();
    const answer = await session.answer(called("rtp"), caller("web"), (await answered).body);
    await run(`bare.accept(${JSON.stringify(answer)})`);
    await firefoxHears(page, 440, 1000);
    ua.send(dialog, "BYE");
    await phone.event("CALL_CLOSED");
    assertTone(await phone.heard(), 1000, 440);
    await session.close();
    await firefox.close();
    server.close();
  });

  it("two phones hear each other, without a common codec too", async () => {
    const [opus, g711, ua] = await Promise.all([
      rig.phone({ user: "alice", toneHz: 1000, codecs: ["opus"] }),
      rig.phone({ user: "bob", toneHz: 440, codecs: ["PCMU"] }),
      rig.ua(),
    ]);
    const session = rig.relay.open();
    const [from, to] = [caller("rtp"), called("rtp")];
    await opus.dial(ua.uri);
    const invite = await ua.request("INVITE");
    const dialog = ua.dialog(g711.uri, { address: "127.0.0.1", port: g711.sipPort });
    const answered = ua.invite(dialog, { body: await session.offer(from, to, invite.body) });
    await g711.event("CALL_INCOMING");
    await g711.accept();
    ua.reply(invite, 200, "OK", { body: await session.answer(to, from, (await answered).body) });
    await opus.event("CALL_ESTABLISHED");
    await elapsed(1200);
    await opus.hangup();
    ua.send(dialog, "BYE");
    await g711.event("CALL_CLOSED");
    assertTone(await opus.heard(), 440, 1000);
    assertTone(await g711.heard(), 1000, 440);
    await session.close();
  });
});
