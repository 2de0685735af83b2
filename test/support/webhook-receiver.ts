import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { CloudEvent } from "../../gateway/protocol/rest/webhooks.ts";
import { until } from "./until.ts";

/** One request of a webhook, as it came. */
export interface ReceivedWebhook {
  readonly id: string;
  readonly event: CloudEvent;
  readonly at: number;
}

/** Another program that is told what happens: a real HTTP server, that answers 204 or what a test wants. */
export class WebhookReceiver {
  readonly secret = `whsec_${randomBytes(32).toString("base64")}`;
  readonly received: ReceivedWebhook[] = [];
  /** Answers to come, before those with 204: a status, or how to answer. */
  readonly answers: (number | ((response: ServerResponse) => void))[] = [];
  readonly #server: Server;
  readonly #taken = new Set<ReceivedWebhook>();
  /** What was wrong with a request. */
  #fault: unknown;

  private constructor(server: Server) {
    this.#server = server;
    server.on("request", (request, response) => void this.#request(request, response));
  }

  static async open(): Promise<WebhookReceiver> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new WebhookReceiver(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  /** The next event of that type that fits and that nobody has taken yet. */
  async next(type: string, fits: (event: CloudEvent) => boolean = () => true): Promise<ReceivedWebhook> {
    const look = () => this.received.find((one) => !this.#taken.has(one) && one.event.type === type && fits(one.event));
    const found = await until(`the webhook ${type}`, look, 10_000).catch((fault: unknown) => {
      throw new Error(`${String(fault)}, but ${this.received.map(({ event }) => event.type).join(", ")}`);
    });
    this.#taken.add(found);
    return found;
  }

  /** Fails when a request was not signed as it must be. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    if (this.#fault !== undefined) throw this.#fault;
  }

  async #request(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      this.#take(request, Buffer.concat(chunks).toString("utf8"));
    } catch (fault) {
      this.#fault ??= fault;
    }
    const answer = this.answers.shift() ?? 204;
    if (typeof answer === "function") answer(response);
    else response.writeHead(answer).end();
  }

  /** As Standard Webhooks says that a receiver checks it. */
  #take({ method, headers }: IncomingMessage, body: string): void {
    const [id, timestamp, signature] = ["id", "timestamp", "signature"].map((name) =>
      String(headers[`webhook-${name}`]),
    );
    assert.equal(method, "POST");
    assert.equal(headers["content-type"], "application/cloudevents+json; charset=utf-8");
    assert.ok(Math.abs(Date.now() / 1000 - Number(timestamp)) < 60, `timestamp ${timestamp}`);
    const key = Buffer.from(this.secret.replace("whsec_", ""), "base64");
    const expected = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
    assert.equal(signature, `v1,${expected}`);
    const event = JSON.parse(body) as CloudEvent;
    assert.deepEqual([event.specversion, event.id, event.datacontenttype], ["1.0", id, "application/json"]);
    assert.ok(!Number.isNaN(Date.parse(event.time)));
    this.received.push({ id: event.id, event, at: Date.now() });
  }
}
