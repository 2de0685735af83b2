import assert from "node:assert/strict";
import type { MessageInfo } from "../../../gateway/protocol/message-values.ts";
import type { ServerFrame } from "../../../gateway/protocol/server-frame.ts";
import { SessionRig, type Page } from "../../support/session-rig.ts";

const [alice, bob] = ["alice@a.example", "bob@a.example"];
const to = { user: bob };
const png = Buffer.from("\x89PNG\r\n\x1a\n and so on", "latin1");

async function stage() {
  const rig = new SessionRig();
  return { rig, desk: rig.messaging.attachments, a: await rig.page(alice), b: await rig.page(bob) };
}

type Offered = Extract<ServerFrame, { type: "file.offered" }>;

async function offer(page: Page, more: object = {}): Promise<Offered> {
  const answer = await page.ask({ type: "file.offer", to, name: "a.png", size: png.length, ...more });
  assert.ok(answer?.type === "file.offered", JSON.stringify(answer));
  return answer;
}

const linkIn = (url: string): string => /^\/files\/(?:upload\/)?([\w-]+\/[\d.\w-]+)/.exec(url)?.[1] ?? assert.fail(url);

/** Offers and sends a whole file. */
async function uploaded(rig: SessionRig, page: Page, content: Buffer = png, more: object = {}): Promise<string> {
  const { fileId, upload } = await offer(page, { size: content.length, ...more });
  assert.deepEqual(await rig.messaging.attachments.take(linkIn(upload), 0, content), { offset: content.length });
  return fileId;
}

let ids = 0;
const send = (page: Page, attachments: string[], more: object = {}): Promise<ServerFrame | undefined> =>
  page.ask({ type: "message.send", to, messageId: `m${(ids += 1)}`, attachments, ...more });

async function sent(page: Page, attachments: string[], more: object = {}): Promise<MessageInfo> {
  const answer = await send(page, attachments, more);
  assert.ok(answer?.type === "message.accepted", JSON.stringify(answer));
  return answer.message;
}

const codeOf = async (answer: Promise<ServerFrame | undefined>): Promise<string> => {
  const frame = await answer;
  return frame?.type === "refused" ? frame.code : (frame?.type ?? "none");
};

async function content(rig: SessionRig, url: string): Promise<string | undefined> {
  const file = await rig.messaging.attachments.download(linkIn(url));
  if (!file) return undefined;
  const parts: Uint8Array[] = [];
  for await (const part of file.content) parts.push(part);
  return Buffer.concat(parts).toString("latin1");
}

describe("an attachment", () => {
  it("comes in parts, goes with a message, and is fetched by a link that ends", async () => {
    const { rig, desk, a, b } = await stage();
    const { fileId, upload } = await offer(a);
    const link = linkIn(upload);
    assert.deepEqual(await desk.progress(link), { offset: 0, size: png.length });
    assert.deepEqual(await desk.take(link, 0, png.subarray(0, 5)), { offset: 5 });
    assert.equal((await desk.take(link, 0, png)) && (await desk.progress(link))?.offset, 5);
    assert.deepEqual(await desk.take(link, 5, png.subarray(5)), { offset: png.length });
    assert.deepEqual(await desk.take(link, png.length, Buffer.alloc(0)), { offset: png.length });

    const { attachments, text } = await sent(a, [fileId]);
    const attachment = { fileId, name: "a.png", type: "image/png", size: png.length };
    assert.deepEqual([attachments, text], [[attachment], ""]);
    assert.deepEqual(b.last("message.received").message.attachments, [attachment]);

    const linked = await b.ask({ type: "file.link", of: { user: alice }, fileId });
    assert.ok(linked?.type === "file.linked");
    assert.equal(await content(rig, linked.url), png.toString("latin1"));
    rig.clock.advance(linked.expiresInMs + 1_000);
    assert.equal(await content(rig, linked.url), undefined);
  });

  it("is the same message when it is sent again", async () => {
    const { rig, a } = await stage();
    const fileId = await uploaded(rig, a);
    const first = await sent(a, [fileId], { messageId: "same", text: "look" });
    assert.deepEqual(await sent(a, [fileId], { messageId: "same", text: "look" }), first);
    assert.equal(await codeOf(send(a, [fileId])), "bad-target");
  });

  it("goes with its message, when that is taken back", async () => {
    const { rig, a, b } = await stage();
    const message = await sent(a, [await uploaded(rig, a)]);
    const [file] = message.attachments ?? [];
    await a.ask({ type: "message.delete", of: to, messageId: message.messageId });
    assert.equal(b.last("message.changed").message.attachments, undefined);
    assert.equal(await rig.files.find(file?.fileId ?? ""), undefined);
  });

  it("stays when the text of its message is changed", async () => {
    const { rig, a, b } = await stage();
    const { messageId } = await sent(a, [await uploaded(rig, a)], { text: "tpyo" });
    await a.ask({ type: "message.edit", of: to, messageId, text: "typo" });
    assert.equal(b.last("message.changed").message.attachments?.length, 1);
  });

  it("is kept as long as its conversation; one that was never sent for an hour here", async () => {
    const { rig, desk, a } = await stage();
    const [sentOne, other] = [await uploaded(rig, a), await uploaded(rig, a)];
    await sent(a, [sentOne]);
    rig.clock.advance(3_600_001);
    await desk.prune();
    assert.ok(await rig.files.find(sentOne));
    assert.equal(await rig.files.find(other), undefined);
    rig.clock.advance(90 * 86_400_000);
    await desk.prune();
    assert.equal(await rig.files.find(sentOne), undefined);
  });

  it("of a group goes with the group", async () => {
    const { rig, desk, a } = await stage();
    const made = await a.ask({ type: "group.create", name: "G", users: [] });
    assert.ok(made?.type === "group.created");
    const of = { group: made.group.groupId };
    const fileId = await uploaded(rig, a, png, { to: of });
    await sent(a, [fileId], { to: of });
    await a.ask({ type: "group.leave", groupId: of.group });
    await desk.prune();
    assert.equal(await rig.files.find(fileId), undefined);
  });

  for (const [what, frame, code] of [
    ["too large", { size: 1_001 }, "too-large"],
    ["named as a path", { name: "../../etc/passwd" }, "not-allowed"],
    ["named as a path of Windows", { name: "..\\boot.ini" }, "not-allowed"],
    ["named with a control character", { name: "a\u0000.png" }, "not-allowed"],
    ["of no size", { size: 0 }, "bad-frame"],
    ["for nobody", { to: { user: "nobody@a.example" } }, "bad-target"],
    ["for another domain's user", { to: { user: "bob@b.example" } }, "bad-target"],
    ["for a group of others", { to: { group: "g1" } }, "bad-target"],
  ] as const)
    it(`${what} is refused before it comes`, async () => {
      const { a } = await stage();
      assert.equal(await codeOf(a.ask({ type: "file.offer", to, name: "a.png", size: 5, ...frame })), code);
    });

  for (const [what, bytes, name, refused] of [
    ["a program, whatever its name", "MZ\x90\x00", "cat.png", "type"],
    ["a page of script", "<!doctype html><script>1</script>", "a.txt", "type"],
    ["a picture of script", `<svg xmlns="http://www.w3.org/2000/svg" onload="1"/>`, "a.png", "type"],
    ["what the check denies", "plain", "virus.txt", "denied"],
  ] as const)
    it(`that is ${what} is refused when it is whole, and gone`, async () => {
      const { rig, desk, a } = await stage();
      const body = Buffer.from(bytes, "latin1");
      const { fileId, upload } = await offer(a, { name, size: body.length });
      const answer = await desk.take(linkIn(upload), 0, body);
      assert.equal("refused" in answer && answer.refused, refused);
      assert.equal(await rig.files.find(fileId), undefined);
      assert.equal(await codeOf(send(a, [fileId])), "bad-target");
    });

  it("that is more than was announced is gone", async () => {
    const { rig, desk, a } = await stage();
    const { fileId, upload } = await offer(a, { size: 2 });
    const answer = await desk.take(linkIn(upload), 0, png);
    assert.equal("refused" in answer && answer.refused, "too-large");
    assert.equal(await rig.files.find(fileId), undefined);
  });

  it("goes with no message but its sender's, in its conversation, once it is whole", async () => {
    const { rig, a, b } = await stage();
    const c = await rig.page("carol@a.example");
    const fileId = await uploaded(rig, a);
    const part = await offer(a);
    const tries = [
      send(b, [fileId], { to: { user: alice } }),
      send(a, [fileId], { to: { user: "carol@a.example" } }),
      send(a, [part.fileId]),
      send(a, ["../../etc/passwd"]),
      send(a, [fileId.replace(/.$/, "x")]),
      send(c, [fileId]),
      send(a, []),
      a.ask({ type: "message.send", to, messageId: "empty" }),
    ];
    const codes = await Promise.all(tries.map(codeOf));
    assert.deepEqual(codes, [
      ...Array(3).fill("bad-target"),
      "bad-frame",
      ...Array(2).fill("bad-target"),
      "bad-frame",
      "bad-frame",
    ]);
  });

  it("is linked to nobody who is not in its conversation", async () => {
    const { rig, a, b } = await stage();
    const c = await rig.page("carol@a.example");
    const foreign = await rig.page("alice@b.example");
    const fileId = await uploaded(rig, a);
    const link = (page: Page, of: object) => codeOf(page.ask({ type: "file.link", of, fileId }));
    assert.equal(await link(b, { user: alice }), "bad-target", "not sent yet");
    await sent(a, [fileId]);
    assert.equal(await link(b, { user: alice }), "file.linked");
    assert.deepEqual(
      await Promise.all([link(c, { user: alice }), link(c, to), link(foreign, { user: "bob@b.example" })]),
      ["bad-target", "bad-target", "bad-target"],
    );
  });
});
