import assert from "node:assert/strict";
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { PushNote } from "../../gateway/protocol/push-values.ts";
import { until } from "./until.ts";

/** One push message, as the browser would have read it. */
export interface ReceivedPush {
  readonly note: PushNote;
  readonly at: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The public key that signed it. */
  readonly key: string;
  /** RFC 7519 claims of its signature. */
  readonly claims: Readonly<Record<string, unknown>>;
}

type NoteOf<T extends PushNote["type"]> = Extract<PushNote, { type: T }>;

/** A browser's side of a subscription: keys of its own (RFC 8291 3.1), and what came for it. */
export class TestSubscription {
  readonly endpoint: string;
  readonly received: ReceivedPush[] = [];
  /** What the service answers: RFC 8030 5. */
  status = 201;
  readonly #keys = createECDH("prime256v1");
  readonly #secret = randomBytes(16);
  readonly #taken = new Set<ReceivedPush>();

  constructor(endpoint: string) {
    this.endpoint = endpoint;
    this.#keys.generateKeys();
  }

  /** What `push.subscribe` carries. */
  get fields(): { endpoint: string; p256dh: string; auth: string } {
    const { endpoint } = this;
    return { endpoint, p256dh: this.#keys.getPublicKey("base64url"), auth: this.#secret.toString("base64url") };
  }

  /** The next note of that type that nobody has taken yet. */
  async next<T extends PushNote["type"]>(
    type: T,
    withinMs = 5000,
  ): Promise<Omit<ReceivedPush, "note"> & { note: NoteOf<T> }> {
    const look = () => this.received.find((one) => one.note.type === type && !this.#taken.has(one));
    const found = await until(`the push ${type}`, look, withinMs);
    this.#taken.add(found);
    return found as ReceivedPush & { note: NoteOf<T> };
  }

  /** RFC 8188 2 with the keys of RFC 8291 3.4; the service itself cannot do this. */
  read(body: Buffer): PushNote {
    const salt = body.subarray(0, 16);
    const idLength = body.readUInt8(20);
    const sender = body.subarray(21, 21 + idLength);
    const shared = this.#keys.computeSecret(sender);
    const info = Buffer.concat([Buffer.from("WebPush: info\0"), this.#keys.getPublicKey(), sender]);
    const derive = (from: Buffer, with_: Buffer, what: Buffer, length: number): Buffer =>
      Buffer.from(hkdfSync("sha256", from, with_, what, length));
    const input = derive(shared, this.#secret, info, 32);
    const key = derive(input, salt, Buffer.from("Content-Encoding: aes128gcm\0"), 16);
    const nonce = derive(input, salt, Buffer.from("Content-Encoding: nonce\0"), 12);
    const sealed = body.subarray(21 + idLength);
    assert.ok(sealed.length <= body.readUInt32BE(16), "one record");
    const decipher = createDecipheriv("aes-128-gcm", key, nonce);
    decipher.setAuthTag(sealed.subarray(-16));
    const plain = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
    const end = plain.lastIndexOf(2);
    return JSON.parse(plain.subarray(0, end).toString("utf8")) as PushNote;
  }
}

/** A push service (RFC 8030): a real HTTP server that checks what it can, and gives it to the subscription. */
export class PushService {
  readonly #server: Server;
  readonly #subscriptions = new Map<string, TestSubscription>();
  /** What was wrong with a request. */
  #fault: unknown;

  private constructor(server: Server) {
    this.#server = server;
    server.on("request", (request, response) => {
      void this.#take(request).then(
        (status) => response.writeHead(status).end(),
        (fault: unknown) => {
          this.#fault ??= fault;
          response.writeHead(500).end();
        },
      );
    });
  }

  static async open(): Promise<PushService> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new PushService(server);
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  subscription(): TestSubscription {
    const path = `/push/${randomBytes(16).toString("hex")}`;
    const made = new TestSubscription(this.origin + path);
    this.#subscriptions.set(path, made);
    return made;
  }

  /** Fails when a request was not as it must be. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    if (this.#fault !== undefined) throw this.#fault;
  }

  async #take(request: IncomingMessage): Promise<number> {
    const subscription = this.#subscriptions.get(request.url ?? "");
    if (!subscription) return 404;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = request.headers as Record<string, string>;
    assert.equal(request.method, "POST");
    assert.equal(headers["content-encoding"], "aes128gcm");
    assert.match(String(headers["ttl"]), /^\d+$/);
    assert.match(String(headers["topic"]), /^[\w-]{1,32}$/);
    const { key, claims } = this.#proved(String(headers["authorization"]));
    if (subscription.status !== 201) return subscription.status;
    const note = subscription.read(Buffer.concat(chunks));
    subscription.received.push({ note, at: Date.now(), headers, key, claims });
    return subscription.status;
  }

  /** RFC 8292 2 and 3: a token signed by the key that it comes with, for this service. */
  #proved(authorization: string): Pick<ReceivedPush, "key" | "claims"> {
    const [, token = "", key = ""] = /^vapid t=([^,]+), ?k=([\w-]+)$/i.exec(authorization) ?? [];
    const point = Buffer.from(key, "base64url");
    assert.equal(point.length, 65, authorization);
    const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString("base64url"));
    const publicKey = createPublicKey({ format: "jwk", key: { kty: "EC", crv: "P-256", x: x ?? "", y: y ?? "" } });
    const [head = "", body = "", signature = ""] = token.split(".");
    const signed = { key: publicKey, dsaEncoding: "ieee-p1363" } as const;
    assert.ok(verify("sha256", Buffer.from(`${head}.${body}`), signed, Buffer.from(signature, "base64url")), "signed");
    const claims = JSON.parse(Buffer.from(body, "base64url").toString("utf8")) as Record<string, unknown>;
    assert.equal(claims["aud"], this.origin);
    assert.ok(Number(claims["exp"]) * 1000 - Date.now() <= 86_400_000, "RFC 8292 2: no longer than a day");
    return { key, claims };
  }
}
