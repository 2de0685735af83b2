import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { FrameClient } from "../support/frame-client.ts";
import { domain, patience } from "../support/gateway.ts";
import { RegisteredUa } from "../support/registered-ua.ts";
import { SeveralNodes } from "../support/several-nodes.ts";
import { elapsed, until } from "../support/until.ts";

const carol = { user: `carol@${domain}` };

interface Contact {
  readonly target?: { readonly user?: string };
  readonly status: string;
  readonly phones?: number;
}

describe("softphones of several nodes", function () {
  this.timeout(4 * patience);
  let nodes: SeveralNodes;

  before(async () => void (nodes = await SeveralNodes.start(2)));
  afterEach(() => nodes.assertIdle());
  after(() => nodes?.stop());

  const pageAt = (index: number, name: string): Promise<FrameClient> => FrameClient.signedIn(nodes.at(index), name);
  /** How many softphones of carol the page sees. */
  const seen = (page: FrameClient): number | undefined =>
    page.frames
      .flatMap((frame) =>
        (["contacts", "joined", "changed"] as const).flatMap((list) => (frame[list] ?? []) as Contact[]),
      )
      .findLast(({ target }) => target?.user === carol.user)?.phones;
  const sees = (page: FrameClient, phones: number, withinMs?: number): Promise<unknown> =>
    until(`${phones} softphones of carol`, () => seen(page) === phones, withinMs);
  /** alice at the first node calls carol: her softphone rings. */
  async function rings(page: FrameClient, phone: RegisteredUa): Promise<void> {
    const callId = await page.call(carol);
    const invite = await phone.ua.request("INVITE");
    phone.ua.reply(invite, 486, "Busy Here");
    assert.equal((await page.ended(callId)).reason, "busy");
  }
  /** Texts that came; a copy that was sent because our answer took long is the same to the byte. */
  const messagesAt = ({ ua }: RegisteredUa): string[] => {
    const came = ua.messages.filter(({ status, method }) => status === 0 && method === "MESSAGE");
    return [...new Map(came.map(({ raw, body }) => [raw, body])).values()];
  };

  it("are seen and rung from the other, until they go", async () => {
    const alice = await pageAt(0, "alice");
    const phone = await RegisteredUa.open(nodes.at(1), "carol");
    await sees(alice, 1);
    await rings(alice, phone);
    await phone.close();
    await sees(alice, 0);
    const callId = await alice.call(carol);
    assert.equal((await alice.ended(callId)).reason, "unavailable");
    await alice.close();
  });

  it("get each message once, from whatever node, also those that waited", async () => {
    const [alice, bob] = [await pageAt(0, "alice"), await pageAt(1, "bob")];
    const send = async (page: FrameClient, text: string): Promise<void> => {
      const said = await page.request("message.send", { to: carol, text, messageId: randomUUID() });
      assert.equal(said.type, "message.accepted");
    };
    await send(alice, "waits");
    await send(bob, "waits too");
    const phone = await RegisteredUa.open(nodes.at(1), "carol");
    for (let sent = 0; sent < 10; sent++) {
      await send(alice, `from alice ${sent}`);
      await send(bob, `from bob ${sent}`);
    }
    await until("all messages", () => messagesAt(phone).length >= 22, 15_000);
    await elapsed(1000);
    const came = messagesAt(phone);
    assert.equal(came.length, new Set(came).size, `some came twice: ${came.join(", ")}`);
    for (const [name, first] of [
      ["alice", "waits"],
      ["bob", "waits too"],
    ])
      assert.deepEqual(
        came.filter((text) => text === first || text.startsWith(`from ${name}`)),
        [first, ...Array.from({ length: 10 }, (_, index) => `from ${name} ${index}`)],
      );
    process.stdout.write(`      22 sent, ${came.length} came\n`);
    await phone.close();
    await Promise.all([alice.close(), bob.close()]);
  });

  it("are still known to a node that was killed, and are not there meanwhile", async () => {
    const alice = await pageAt(0, "alice");
    const phone = await RegisteredUa.open(nodes.at(1), "carol");
    await sees(alice, 1);
    const restart = await nodes.kill(1);
    await sees(alice, 0, 10_000);
    const callId = await alice.call(carol);
    assert.equal((await alice.ended(callId)).reason, "unavailable");
    await restart();
    await sees(alice, 1, 10_000);
    await rings(alice, phone);
    await phone.close();
    await sees(alice, 0);
    await alice.close();
  });

  it("are known to the next gateway in the same place, as far as datagrams reach them", async () => {
    const alice = await pageAt(0, "alice");
    const phone = await RegisteredUa.open(nodes.at(1), "carol");
    await sees(alice, 1);
    await nodes.replace(1);
    await sees(alice, 1, 10_000);
    await rings(alice, phone);
    await phone.close();
    await alice.close();
  });

  it("register and are rung at their node while Redis is away, and are seen at the other when it is back", async () => {
    const [alice, bob] = [await pageAt(0, "alice"), await pageAt(1, "bob")];
    await nodes.cut(true);
    const phone = await RegisteredUa.open(nodes.at(1), "carol");
    await sees(bob, 1);
    await rings(bob, phone);
    await nodes.cut(false);
    await sees(alice, 1, 10_000);
    await rings(alice, phone);
    await phone.close();
    await Promise.all([alice.close(), bob.close()]);
  });
});
