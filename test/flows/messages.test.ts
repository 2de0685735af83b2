import assert from "node:assert/strict";
import { Baresip } from "../support/baresip.ts";
import { FrameClient, type Received } from "../support/frame-client.ts";
import { domain, otherDomain, patience, TestGateway } from "../support/gateway.ts";
import { RegisteredUa } from "../support/registered-ua.ts";
import { only } from "../support/sip-ua.ts";
import { until } from "../support/until.ts";

interface Told {
  readonly text: string;
  readonly number: number;
  readonly messageId: string;
}

let ids = 0;
const nextId = (): string => `flow-${(ids += 1)}`;

describe("messages between pages and softphones", function () {
  this.timeout(patience);
  let gateway: TestGateway;

  before(async () => {
    gateway = await TestGateway.start();
  });

  after(async () => {
    await gateway?.assertIdle();
    await gateway?.stop();
  });

  const send = async (page: FrameClient, name: string, text: string): Promise<Told> => {
    const to = { user: `${name}@${domain}` };
    const answer = await page.request("message.send", { to, text, messageId: nextId() });
    assert.equal(answer.type, "message.accepted", JSON.stringify(answer));
    return answer.message as Told;
  };
  const received = async (page: FrameClient, text: string): Promise<Told> =>
    (await page.next(text, (frame) => frame.type === "message.received" && told(frame).text === text)).message as Told;
  const receipt = (page: FrameClient, state: string, number: number): Promise<Received> =>
    page.next(
      `${state} ${number}`,
      (frame) => frame.type === "message.receipt" && frame.state === state && Number(frame.number) >= number,
    );
  const told = (frame: Received): Told => frame.message as Told;

  it("pass among two pages and two softphones, with baresip", async () => {
    const [alice, bob] = [await FrameClient.signedIn(gateway, "alice"), await FrameClient.signedIn(gateway, "bob")];
    const phone = (user: string, toneHz: number, contact: string): Promise<Baresip> =>
      Baresip.start({ user, toneHz, registrar: gateway.registrar(user), contacts: [`sip:${contact}@${domain}`] });
    const [carol, dave] = [await phone("carol", 440, "alice"), await phone("dave", 550, "carol")];
    await Promise.all([carol.registered(), dave.registered()]);
    const shows = (baresip: Baresip, text: string): Promise<unknown> =>
      until(text, () => baresip.log().includes(text) || undefined);
    const first = await send(alice, "carol", "Café at four? ☕");
    const second = await send(bob, "dave", "And you?");
    await Promise.all([shows(carol, "Café at four? ☕"), shows(dave, "And you?")]);
    await Promise.all([receipt(alice, "delivered", first.number), receipt(bob, "delivered", second.number)]);
    await carol.message("Yes, très bien");
    await received(alice, "Yes, très bien");
    await dave.message("Coming, Carol?");
    await shows(carol, "Coming, Carol?");
    for (const baresip of [carol, dave]) await baresip.stop();
    for (const page of [alice, bob]) await page.close();
  });

  it("pass between two softphones", async () => {
    const carol = await RegisteredUa.open(gateway, "carol");
    const dave = await RegisteredUa.open(gateway, "dave");
    assert.equal((await carol.message(`dave@${domain}`, "hi Dave")).status, 202);
    const request = await dave.ua.request("MESSAGE");
    assert.equal(request.body, "hi Dave");
    assert.match(only(request, "from"), /"?Carol"? <sip:carol@offhook\.test>/);
    assert.equal(only(request, "content-type"), "text/plain;charset=utf-8");
    assert.deepEqual(request.headers.get("contact"), undefined, "RFC 3428 4: no Contact");
    for (const phone of [carol, dave]) await phone.close();
  });

  it("wait for a softphone that is away, and come in order when it registers", async () => {
    const alice = await FrameClient.signedIn(gateway, "alice");
    const texts = ["one", "two", "three\nwith two lines"];
    const sent = [];
    for (const text of texts) sent.push(await send(alice, "erin", text));
    const erin = await RegisteredUa.open(gateway, "erin");
    for (const text of texts) assert.equal((await erin.ua.request("MESSAGE")).body, text.replace("\n", "\r\n"));
    await receipt(alice, "delivered", sent.at(-1)?.number ?? 0);
    await erin.close();
    await alice.close();
  });

  it("wait for a page that is away: the phone gets 202, the page the text at sign-in", async () => {
    const carol = await RegisteredUa.open(gateway, "carol");
    assert.equal((await carol.message(`bob@${domain}`, "for later")).status, 202);
    const bob = await FrameClient.signedIn(gateway, "bob");
    const { number } = await received(bob, "for later");
    const mark = { of: { user: `carol@${domain}` }, number, state: "delivered" };
    assert.equal((await bob.request("message.mark", mark)).type, "ok");
    await bob.close();
    await carol.close();
  });

  it("that are large go by TCP, and a phone without it gets them all the same", async () => {
    const alice = await FrameClient.signedIn(gateway, "alice");
    const dave = await RegisteredUa.open(gateway, "dave");
    const text = "long ".repeat(400).trim();
    await send(alice, "dave", text);
    assert.equal((await dave.ua.request("MESSAGE")).body, text);
    await dave.close();
    await alice.close();
  });

  it("that a phone refuses for good are told as failed; one that it cannot take now waits", async () => {
    const alice = await FrameClient.signedIn(gateway, "alice");
    const dave = await RegisteredUa.open(gateway, "dave");
    dave.ua.autoOk.delete("MESSAGE");
    const refused = await send(alice, "dave", "never");
    dave.ua.reply(await dave.ua.request("MESSAGE"), 415, "Unsupported Media Type");
    await receipt(alice, "failed", refused.number);
    await send(alice, "dave", "later");
    dave.ua.reply(await dave.ua.request("MESSAGE"), 480, "Temporarily Unavailable");
    const last = await send(alice, "dave", "now");
    for (const text of ["later", "now"]) {
      const request = await dave.ua.next(text, (one) => one.method === "MESSAGE" && one.body === text);
      dave.ua.reply(request, 200, "OK");
    }
    await receipt(alice, "delivered", last.number);
    await dave.close();
    await alice.close();
  });

  for (const [what, status, to, body, headers] of [
    ["to nobody", 404, `nobody@${domain}`, "x", {}],
    ["to another domain's user", 404, `mallory@${otherDomain}`, "x", {}],
    ["to a foreign domain", 404, "bob@elsewhere.example", "x", {}],
    ["that are no text", 415, `bob@${domain}`, "<x/>", { contentType: "application/im-iscomposing+xml" }],
    ["without content", 400, `bob@${domain}`, "\r\n", {}],
    ["in another character set", 415, `bob@${domain}`, "x", { contentType: "text/plain;charset=iso-8859-1" }],
  ] as const)
    it(`${what} are refused with ${status}`, async () => {
      const carol = await RegisteredUa.open(gateway, "carol");
      assert.equal((await carol.message(to, body, headers)).status, status);
      await carol.close();
    });

  it("of who proves nothing are challenged, and of other domains refused", async () => {
    const carol = await RegisteredUa.open(gateway, "carol", { register: false });
    for (const [from, status] of [
      [`sip:carol@${domain}`, 407],
      ["sip:bob@elsewhere.example", 403],
    ] as const) {
      const dialog = carol.ua.dialog(`sip:bob@${domain}`, carol.peer);
      dialog.localUri = from;
      carol.ua.send(dialog, "MESSAGE", { body: "x", contentType: "text/plain" });
      assert.equal((await carol.ua.final(dialog, "MESSAGE")).status, status);
    }
    await carol.close();
  });
});
