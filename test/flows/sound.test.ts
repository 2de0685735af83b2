import type { Page } from "playwright-core";
import { Baresip, type BaresipCodec } from "../support/baresip.ts";
import { Chromium, hearsNoTone, hearsTone } from "../support/chromium.ts";
import { Firefox, hearsTone as firefoxHears } from "../support/firefox.ts";
import { domain, patience, TestGateway } from "../support/gateway.ts";
import { PhonePage } from "../support/phone-page.ts";
import { assertNoTone, assertTone } from "../support/tone.ts";
import { elapsed } from "../support/until.ts";

const pageHz = 1000;
const phoneHz = 440;

/** Real browsers and real softphones through the whole gateway: each sends a tone, each must hear the other's. */
describe("sound", function () {
  this.timeout(patience);
  let gateway: TestGateway;
  let browser: Chromium;

  before(async () => {
    [gateway, browser] = await Promise.all([TestGateway.start(), Chromium.launch({ toneHz: pageHz })]);
  });

  after(async () => {
    await browser?.close();
    await gateway?.assertIdle();
    await gateway?.stop();
  });

  const pageOf = async (name: string, toneHz?: number): Promise<PhonePage<Page>> =>
    PhonePage.open(await browser.page(toneHz === undefined ? {} : { toneHz }), gateway, name);

  async function phoneOf(name: string, codec: BaresipCodec = "PCMU", toneHz = phoneHz): Promise<Baresip> {
    const mediaEncryption = name === "sally" ? { mediaEncryption: "srtp-mand" as const } : {};
    const phone = await Baresip.start({
      user: name,
      toneHz,
      codecs: [codec],
      registrar: gateway.registrar(name),
      ...mediaEncryption,
    });
    await phone.registered();
    return phone;
  }

  const cases: readonly { title: string; codec: BaresipCodec; name: string }[] = [
    { title: "G.711 μ-law", codec: "PCMU", name: "carol" },
    { title: "G.711 A-law", codec: "PCMA", name: "carol" },
    { title: "G.722", codec: "G722", name: "carol" },
    { title: "Opus", codec: "opus", name: "carol" },
    { title: "G.711 and SDES-SRTP", codec: "PCMU", name: "sally" },
  ];

  for (const { title, codec, name } of cases) {
    it(`page and softphone with ${title}, called both ways`, async () => {
      const [alice, phone] = await Promise.all([pageOf("alice"), phoneOf(name, codec)]);
      await alice.call({ user: `${name}@${domain}` });
      await phone.event("CALL_INCOMING");
      await phone.accept();
      await alice.state("connected");
      await hearsTone(alice.page, phoneHz, pageHz);
      await elapsed(800);
      await alice.end();
      await phone.event("CALL_CLOSED");
      assertTone(await phone.heard(), pageHz, phoneHz);

      await phone.dial(`sip:alice@${domain}`);
      await alice.answer();
      await alice.state("connected");
      await hearsTone(alice.page, phoneHz, pageHz);
      await elapsed(800);
      await phone.hangup();
      await alice.ended();
      assertTone(await phone.heard(), pageHz, phoneHz);
      await Promise.all([alice.page.close(), phone.stop()]);
    });
  }

  it("two pages", async () => {
    const [alice, bob] = await Promise.all([pageOf("alice", 600), pageOf("bob", 900)]);
    await alice.call({ user: `bob@${domain}` });
    await bob.answer();
    await Promise.all([alice.state("connected"), bob.state("connected")]);
    await Promise.all([hearsTone(alice.page, 900, 600), hearsTone(bob.page, 600, 900)]);
    await bob.end();
    await alice.ended();
    await Promise.all([alice.page.close(), bob.page.close()]);
  });

  it("two softphones through the registrar", async () => {
    const [carol, dave] = await Promise.all([phoneOf("carol"), phoneOf("dave", "PCMA", 700)]);
    await carol.dial(`sip:dave@${domain}`);
    await dave.event("CALL_INCOMING");
    await dave.accept();
    await carol.event("CALL_ESTABLISHED");
    await elapsed(2000);
    await carol.hangup();
    await dave.event("CALL_CLOSED");
    assertTone(await carol.heard(), 700, phoneHz);
    assertTone(await dave.heard(), phoneHz, 700);
    await Promise.all([carol.stop(), dave.stop()]);
  });

  it("a softphone over TCP", async () => {
    const alice = await pageOf("alice");
    const carol = await Baresip.start({ user: "carol", toneHz: phoneHz, registrar: gateway.registrar("carol", "tcp") });
    await carol.registered();
    await alice.call({ user: `carol@${domain}` });
    await carol.event("CALL_INCOMING");
    await carol.accept();
    await alice.state("connected");
    await hearsTone(alice.page, phoneHz, pageHz);
    await alice.end();
    await carol.event("CALL_CLOSED");
    await Promise.all([alice.page.close(), carol.stop()]);
  });

  it("Firefox and a softphone, called both ways", async () => {
    const firefox = await Firefox.launch({ toneHz: pageHz });
    try {
      const carol = await phoneOf("carol");
      const alice = await PhonePage.open(await firefox.page(), gateway, "alice");
      await alice.call({ user: `carol@${domain}` });
      await carol.event("CALL_INCOMING");
      await carol.accept();
      await alice.state("connected");
      await firefoxHears(alice.page, phoneHz, pageHz);
      await alice.end();
      await carol.event("CALL_CLOSED");
      assertTone(await carol.heard(), pageHz, phoneHz);

      await carol.dial(`sip:alice@${domain}`);
      await alice.answer();
      await alice.state("connected");
      await firefoxHears(alice.page, phoneHz, pageHz);
      await carol.hangup();
      await alice.ended();
      assertTone(await carol.heard(), pageHz, phoneHz);
      await carol.stop();
    } finally {
      await firefox.close();
    }
  });

  it("600 echoes the page and the softphone", async () => {
    const [alice, carol] = await Promise.all([pageOf("alice"), phoneOf("carol")]);
    await alice.call({ tel: "600" });
    await alice.state("connected");
    await hearsTone(alice.page, pageHz, phoneHz);
    await alice.end();
    await carol.dial(`sip:600@${domain}`);
    await carol.event("CALL_ESTABLISHED");
    await elapsed(1500);
    await carol.hangup();
    await carol.event("CALL_CLOSED");
    assertTone(await carol.heard(), phoneHz, pageHz);
    await Promise.all([alice.page.close(), carol.stop()]);
  });

  it("601 plays 1 kHz to the page and the softphone", async () => {
    const [alice, carol] = await Promise.all([pageOf("alice", 600), phoneOf("carol")]);
    await alice.call({ tel: "601" });
    await alice.state("connected");
    await hearsTone(alice.page, 1000, 600);
    await alice.end();
    await carol.dial(`sip:601@${domain}`);
    await carol.event("CALL_ESTABLISHED");
    await elapsed(1500);
    await carol.hangup();
    await carol.event("CALL_CLOSED");
    assertTone(await carol.heard(), 1000, phoneHz);
    await Promise.all([alice.page.close(), carol.stop()]);
  });

  it("602 reads the caller's number and hangs up", async () => {
    const alice = await pageOf("alice");
    await alice.call({ tel: "602" });
    await alice.state("connected");
    const end = await alice.ended(15_000);
    if (end.reason !== "normal" || end.by !== "remote") throw new Error(JSON.stringify(end));
    await alice.page.close();
  });

  it("hold of a softphone stops its sound and shows on the page, resume brings it back", async () => {
    const [alice, carol] = await Promise.all([pageOf("alice"), phoneOf("carol")]);
    await alice.call({ user: `carol@${domain}` });
    await carol.event("CALL_INCOMING");
    await carol.accept();
    await alice.state("connected");
    await hearsTone(alice.page, phoneHz, pageHz);
    await carol.hold();
    await alice.held(true);
    await elapsed(1000);
    await hearsNoTone(alice.page, phoneHz, pageHz);
    // Longer than media.timeout: who is on hold may be silent.
    await elapsed(3500);
    await alice.state("connected");
    await carol.resume();
    await alice.held(false);
    await hearsTone(alice.page, phoneHz, pageHz);
    await alice.end();
    await Promise.all([alice.page.close(), carol.stop()]);
  });

  it("control: a muted page is not heard", async () => {
    const [alice, carol] = await Promise.all([pageOf("alice"), phoneOf("carol")]);
    await alice.call({ user: `carol@${domain}` });
    await carol.event("CALL_INCOMING");
    await alice.mute();
    await carol.accept();
    await alice.state("connected");
    await hearsTone(alice.page, phoneHz, pageHz);
    await elapsed(1500);
    await alice.end();
    await carol.event("CALL_CLOSED");
    assertNoTone(await carol.heard(), pageHz, phoneHz);
    await Promise.all([alice.page.close(), carol.stop()]);
  });
});
