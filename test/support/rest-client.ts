import assert from "node:assert/strict";
import { randomToken } from "../../gateway/base/ids.ts";
import { hashApiKey } from "../../gateway/identity/api-keys.ts";
import { problems, type Problem, type ProblemCode } from "../../gateway/protocol/rest/problems.ts";
import { apiRights, type ApiRight } from "../../gateway/protocol/rest/values.ts";
import { domain, type TestGateway } from "./gateway.ts";

type Method = "GET" | "POST" | "PUT" | "DELETE";

/** An API key, and the setting that accepts it. */
export class TestApiKey {
  readonly key = randomToken(32);
  readonly setting;

  constructor(
    id: string,
    {
      of = domain,
      rights = apiRights,
      ...more
    }: { of?: string; rights?: readonly ApiRight[]; perMinute?: number } = {},
  ) {
    this.setting = { id: id, hash: hashApiKey(this.key), domain: of, rights, perMinute: 6000, ...more };
  }
}

/** A server of the application. */
export class RestClient {
  readonly #gateway: TestGateway;
  readonly #key: string | undefined;

  constructor(gateway: TestGateway, key?: string) {
    this.#gateway = gateway;
    this.#key = key;
    if (key !== undefined && key !== "") gateway.secrets.add(key);
  }

  /** One request; `body` as JSON, or as it is when it is text. */
  request(method: Method, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
    return fetch(`${this.#gateway.url}/api/v1${path}`, {
      method,
      headers: {
        ...(this.#key !== undefined && { authorization: `Bearer ${this.#key}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  }

  /** The body of the answer; fails when its status is another. */
  async ask<T = Record<string, unknown>>(status: number, method: Method, path: string, body?: unknown): Promise<T> {
    const answer = await this.request(method, path, body);
    const text = await answer.text();
    assert.equal(answer.status, status, `${method} ${path}: ${text}`);
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }

  /** The problem that the request is answered with (RFC 9457). */
  async problem(code: ProblemCode, method: Method, path: string, body?: unknown): Promise<Problem> {
    const answer = await this.request(method, path, body);
    const text = await answer.text();
    assert.equal(answer.headers.get("content-type"), "application/problem+json; charset=utf-8", text);
    const problem = JSON.parse(text) as Problem;
    const { status } = problems[code];
    assert.deepEqual([answer.status, problem.code, problem.status], [status, code, status], `${path}: ${text}`);
    assert.equal(problem.type, `urn:offhook:problem:${code}`);
    assert.ok(problem.title !== "" && problem.detail !== "");
    return problem;
  }
}
