import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { http } from "../../webclient/browser-platform.ts";
import { FrameClient } from "../support/frame-client.ts";
import { librarySession } from "../support/library-session.ts";
import { domain, otherDomain, patience, TestGateway } from "../support/gateway.ts";

const png = Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), Buffer.alloc(3_000_000, "x")]);
const partBytes = 1_048_576;
const tus = { "tus-resumable": "1.0.0" };

interface Offered {
  readonly fileId: string;
  readonly upload: string;
}

/** Files of messages over real HTTP; the operator's check is a server that looks at what it is shown. */
describe("attachments", function () {
  this.timeout(patience);
  let gateway: TestGateway;
  let check: Server;
  let alice: FrameClient;
  let bob: FrameClient;
  /** What the check says of the next files; undefined: nothing. */
  let verdict: boolean | undefined = true;
  const checked: { url: string; content: number }[] = [];
  const to = { user: `bob@${domain}` };

  before(async () => {
    check = createServer((request, reply) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => void judge(Buffer.concat(parts)).then((pass) => pass !== undefined && reply.end(pass)));
    });
    await new Promise<void>((done) => check.listen(0, "127.0.0.1", done));
    gateway = await TestGateway.start({
      env: { NO_MEDIA: process.env["PATH"] ?? "" },
      settings: {
        files: {
          maxMegabytes: 4,
          checkUrl: `http://127.0.0.1:${(check.address() as AddressInfo).port}/check`,
          checkSecret: "a secret of thirty-two characters",
          checkTimeout: 1_000,
          linkLife: 3_000,
        },
      },
    });
    [alice, bob] = [await FrameClient.signedIn(gateway, "alice"), await FrameClient.signedIn(gateway, "bob")];
  });

  after(async () => {
    await Promise.all([alice, bob].map((page) => page?.close()));
    check?.closeAllConnections();
    check?.close();
    await gateway?.assertIdle();
    await gateway?.stop();
  });

  async function judge(question: Buffer): Promise<string | undefined> {
    const { url } = JSON.parse(question.toString()) as { url: string };
    const content = await fetch(gateway.url + url);
    checked.push({ url, content: (await content.arrayBuffer()).byteLength });
    return verdict === undefined ? undefined : JSON.stringify({ pass: verdict });
  }

  async function offer(page: FrameClient, more: object = {}): Promise<Offered> {
    const answer = await page.request("file.offer", { to, name: "Été.png", size: png.length, ...more });
    assert.equal(answer.type, "file.offered", JSON.stringify(answer));
    return answer as unknown as Offered;
  }

  const patch = (upload: string, offset: number | string, body: Uint8Array, headers: object = {}): Promise<Response> =>
    fetch(gateway.url + upload, {
      method: "PATCH",
      headers: {
        ...tus,
        "content-type": "application/offset+octet-stream",
        "upload-offset": String(offset),
        ...headers,
      },
      body: body as BodyInit,
    });

  async function uploaded(content: Uint8Array, more: object = {}): Promise<{ fileId: string; last: Response }> {
    const { fileId, upload } = await offer(alice, { size: content.length, ...more });
    for (let offset = 0; ;) {
      const last = await patch(upload, offset, content.subarray(offset, offset + partBytes));
      offset = Number(last.headers.get("upload-offset") ?? content.length);
      if (offset >= content.length) return { fileId, last };
    }
  }

  const send = (fileId: string) =>
    alice.request("message.send", { to, messageId: fileId.slice(-36), attachments: [fileId] });

  async function linked(fileId: string): Promise<string> {
    const answer = await bob.request("file.link", { of: { user: `alice@${domain}` }, fileId });
    assert.equal(answer.type, "file.linked", JSON.stringify(answer));
    return gateway.url + String(answer.url);
  }

  it("go on where they stood, are checked, and come as downloads", async () => {
    const { fileId, upload } = await offer(alice);
    assert.equal((await patch(upload, 0, png.subarray(0, partBytes))).status, 204);
    const head = await fetch(gateway.url + upload, { method: "HEAD", headers: tus });
    assert.deepEqual(
      ["upload-offset", "upload-length", "tus-resumable", "cache-control"].map((name) => head.headers.get(name)),
      [String(partBytes), String(png.length), "1.0.0", "no-store"],
    );
    assert.equal((await patch(upload, 5, png.subarray(5, 9))).status, 409);
    assert.equal((await patch(upload, partBytes, png.subarray(partBytes, 2 * partBytes))).status, 204);
    const last = await patch(upload, 2 * partBytes, png.subarray(2 * partBytes));
    assert.deepEqual([last.status, last.headers.get("upload-offset")], [204, String(png.length)]);
    assert.equal(checked.at(-1)?.content, png.length);

    assert.equal((await send(fileId)).type, "message.accepted");
    const { message } = await bob.next("the message", (frame) => frame.type === "message.received");
    const attachment = { fileId, name: "Été.png", type: "image/png", size: png.length };
    assert.deepEqual((message as { attachments: unknown }).attachments, [attachment]);
    const file = await fetch(await linked(fileId), { headers: { origin: "https://shop.example" } });
    assert.deepEqual(
      ["content-type", "content-disposition", "content-security-policy", "x-content-type-options"].map((name) =>
        file.headers.get(name),
      ),
      [
        "image/png",
        `attachment; filename="_t_.png"; filename*=UTF-8''%C3%89t%C3%A9.png`,
        "default-src 'none'; sandbox",
        "nosniff",
      ],
    );
    assert.equal(file.headers.get("access-control-allow-origin"), "*");
    assert.ok(Buffer.from(await file.arrayBuffer()).equals(png));
  });

  it("are taken from pages of other origins", async () => {
    const { upload } = await offer(alice);
    const asked = await fetch(gateway.url + upload, {
      method: "OPTIONS",
      headers: { origin: "https://shop.example", "access-control-request-method": "PATCH" },
    });
    assert.equal(asked.status, 204);
    assert.match(asked.headers.get("access-control-allow-methods") ?? "", /PATCH/);
    assert.match(asked.headers.get("access-control-allow-headers") ?? "", /upload-offset/);
  });

  it("that the check denies, or says nothing of, are refused and gone", async () => {
    for (const said of [false, undefined]) {
      verdict = said;
      const { fileId, last } = await uploaded(Buffer.from("just words"), { name: "a.txt" });
      assert.equal(last.status, 422);
      assert.equal((await send(fileId)).code, "bad-target");
    }
    verdict = true;
  });

  it("of wrong types are refused before anybody is asked", async () => {
    const before = checked.length;
    const { last } = await uploaded(Buffer.from("<svg onload=alert(1)>"), { name: "cat.png" });
    assert.deepEqual([last.status, ((await last.json()) as { code: string }).code], [415, "type"]);
    assert.equal(checked.length, before);
  });

  it("do not follow tricks of paths, sizes, headers and links", async () => {
    const { upload, fileId } = await offer(alice);
    const [, , , id = "", signature = ""] = upload.split("/");
    const statuses = await Promise.all(
      [
        patch(upload, "x", png.subarray(0, 4)),
        patch(upload, -1, png.subarray(0, 4)),
        patch(upload, 0, png.subarray(0, 4), { "content-type": "text/plain" }),
        patch(upload, 0, Buffer.alloc(partBytes + 1)),
        patch(`/files/upload/${id}/9${signature}`, 0, png.subarray(0, 4)),
        patch(`/files/upload/..%2F..%2Fetc%2Fpasswd/${signature}`, 0, png.subarray(0, 4)),
        fetch(`${gateway.url}/files/${id}/${signature}/a.png`),
        fetch(`${gateway.url}/files/..%2F..%2Fetc/passwd/a`),
        fetch(`${gateway.url}/files/`),
      ].map(async (reply) => (await reply).status),
    );
    assert.deepEqual(statuses, [400, 400, 400, 413, 404, 404, 404, 404, 404]);
    assert.equal((await alice.request("file.offer", { to, name: "a.png", size: 5_000_000 })).code, "too-large");
    assert.equal((await alice.request("file.offer", { to, name: "../a.png", size: 5 })).code, "not-allowed");
    assert.equal((await send(fileId)).code, "bad-target");
  });

  it("go by the library, which tells how far they are, through a network that fails", async () => {
    const { session, platform } = await librarySession(gateway, "alice");
    const seen: number[] = [];
    let requests = 0;
    platform.http = (url, request) => {
      requests += 1;
      if (requests === 3) return Promise.reject(new Error("the network is away"));
      // The part comes, and its answer is lost.
      const sent = http(url, request);
      return requests === 6 ? sent.then(() => Promise.reject(new Error("reset"))) : sent;
    };
    const file = new File([png], "photo.png");
    const came = bob.next(
      "the photo",
      (frame) => frame.type === "message.received" && /photo/.test(JSON.stringify(frame)),
    );
    const message = await session.messages.send(to, "", { files: [file], progress: (sent) => seen.push(sent) });
    await came;
    const [attachment] = message.attachments ?? [];
    assert.deepEqual([attachment?.name, attachment?.type, attachment?.size], ["photo.png", "image/png", png.length]);
    assert.deepEqual([seen[0], seen.at(-1)], [0, png.length]);
    assert.deepEqual(
      seen,
      seen.toSorted((a, b) => a - b),
    );
    const link = attachment && (await session.messages.link(message, attachment));
    assert.ok(Buffer.from(await (await fetch(link ?? "")).arrayBuffer()).equals(png));
    const script = new File(["<svg onload=alert(1)>"], "cat.png");
    await assert.rejects(session.messages.send(to, "", { files: [script] }), { code: "not-allowed" });
    const stop = new AbortController();
    const given = session.messages.send(to, "", { files: [file], signal: stop.signal, progress: () => stop.abort() });
    await assert.rejects(given, { code: "aborted" });
    await session.close();
  });

  it("are nobody's of another domain, and links end", async () => {
    const { fileId } = await uploaded(Buffer.from("just words"), { name: "a.txt" });
    await send(fileId);
    const stranger = await FrameClient.signedIn(gateway, `mallory@${otherDomain}`);
    for (const of of [{ user: `alice@${domain}` }, { user: `alice@${otherDomain}` }])
      assert.equal((await stranger.request("file.link", { of, fileId })).code, "bad-target");
    assert.equal((await stranger.request("file.offer", { to, name: "a.txt", size: 5 })).code, "bad-target");
    await stranger.close();
    const link = await linked(fileId);
    assert.equal((await fetch(link)).status, 200);
    while ((await fetch(link)).status === 200) await new Promise(setImmediate);
    assert.equal((await fetch(link)).status, 404);
  });
});
