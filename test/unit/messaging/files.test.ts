import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "../../../gateway/base/clock.ts";
import { silentLogger } from "../../../gateway/base/log.ts";
import { fileIdFor } from "../../../gateway/directory/files.ts";
import { fileCheck, type FileCheckSettings } from "../../../gateway/messaging/file-check.ts";
import { FileLinks } from "../../../gateway/messaging/file-links.ts";
import { cleanFileName } from "../../../gateway/messaging/file-name.ts";
import { allowsType, typeOfContent } from "../../../gateway/messaging/file-type.ts";

describe("the name of a file", () => {
  for (const [given, clean] of [
    ["report.pdf", "report.pdf"],
    ["Été 2026.jpg", "Été 2026.jpg"],
    ["../../etc/passwd", undefined],
    ["a\\b.txt", undefined],
    ["a\nb.txt", undefined],
    ["a\u0000.txt", undefined],
    ["..", "file"],
    [" . ", "file"],
    [".bashrc", "bashrc"],
    ["invoice\u202efdp.exe", "invoicefdp.exe"],
    [`${"x".repeat(200)}.pdf`, `${"x".repeat(124)}.pdf`],
  ] as const)
    it(`${JSON.stringify(given).slice(0, 40)} is ${JSON.stringify(clean)?.slice(0, 40)}`, () =>
      assert.equal(cleanFileName(given), clean));
});

describe("the type of a file", () => {
  for (const [head, type] of [
    ["\x89PNG\r\n\x1a\n", "image/png"],
    ["\xff\xd8\xff\xe0", "image/jpeg"],
    ["RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"],
    ["%PDF-1.7", "application/pdf"],
    ["PK\x03\x04", "application/zip"],
    ["\x00\x00\x00\x20ftypisom", "video/mp4"],
    ["MZ", "application/x-executable"],
    ["#!/bin/sh", "application/x-executable"],
    ["just words, \xc3\xa9t\xc3\xa9", "text/plain"],
    ["a word and \xc3", "text/plain"],
    ["\n <HTML>", "text/html"],
    ["text <script src=x>", "text/html"],
    [`<?xml version="1.0"?>`, "text/html"],
    ["\x00\x01\x02", "application/octet-stream"],
    ["\xff\xfe\xfd", "application/octet-stream"],
  ] as const)
    it(`of ${JSON.stringify(head)} is ${type}`, () => assert.equal(typeOfContent(Buffer.from(head, "latin1")), type));

  it("is allowed by itself, or by its kind", () => {
    assert.ok(allowsType(["image/*"], "image/png") && allowsType(["text/plain"], "text/plain"));
    assert.equal(allowsType(["image/*", "text/plain"], "text/html"), false);
  });
});

describe("a link to a file", () => {
  let now = 1_000_000;
  const links = new FileLinks("secret", () => now);
  const fileId = fileIdFor("a.example/direct/alice/bob");

  it("holds for its file, its use and its time", () => {
    const link = links.make("download", fileId, now + 60_000);
    assert.equal(links.read("download", link), fileId);
    assert.equal(links.read("upload", link), undefined);
    assert.equal(new FileLinks("other", () => now).read("download", link), undefined);
    now += 61_000;
    assert.equal(links.read("download", link), undefined);
  });

  it("is nobody's to make up", () => {
    const link = links.make("download", fileId, now + 60_000);
    const [file = "", rest = ""] = link.split("/");
    const [until = "", signature = ""] = rest.split(".");
    for (const forged of [
      ...[
        `${fileIdFor("x")}/${rest}`,
        `${file}/${Number(until) + 9999}.${signature}`,
        `${file}/${until}.${"A".repeat(43)}`,
      ],
      ...[`${file}/${until}.`, file, "", "../../etc/passwd/1.x", `${link}/x`, `../${link}`],
    ])
      assert.equal(links.read("download", forged), undefined, forged);
  });
});

describe("the check of files", () => {
  const secret = "a secret of thirty-two characters";
  const file = { fileId: "f1", name: "a.txt", type: "text/plain", size: 3, by: "alice@a.example", url: "/files/x" };
  let server: Server;
  let answer: { status: number; body: string } | undefined;
  const asked: { body: string; headers: IncomingHttpHeaders }[] = [];

  before(async () => {
    server = createServer((request, reply) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        asked.push({ body: Buffer.concat(parts).toString(), headers: request.headers });
        if (answer) reply.writeHead(answer.status).end(answer.body);
      });
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  });
  after(() => server.closeAllConnections() ?? server.close());

  const check = (more: Partial<FileCheckSettings> = {}) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/check`;
    return fileCheck({ url, secret, timeout: 5_000, otherwise: "deny", ...more }, systemClock, silentLogger)(file);
  };

  it("asks what the file is, and signs its question", async () => {
    answer = { status: 200, body: `{"pass":true}` };
    assert.equal(await check(), true);
    const { body = "", headers } = asked.at(-1) ?? {};
    assert.deepEqual(JSON.parse(body), file);
    const [, seconds, hex] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers?.["offhook-signature"])) ?? [];
    assert.equal(hex, createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex"));
    answer = { status: 200, body: `{"pass":false}` };
    assert.equal(await check(), false);
  });

  for (const [what, told] of [
    ["an error", { status: 500, body: `{"pass":true}` }],
    ["no JSON", { status: 200, body: "yes" }],
    ["another answer", { status: 200, body: `{"pass":"yes"}` }],
    ["silence", undefined],
  ] as const)
    it(`takes ${what} for what was configured`, async () => {
      answer = told;
      assert.equal(await check({ timeout: 300 }), false);
      assert.equal(await check({ timeout: 300, otherwise: "allow" }), true);
    });
});
