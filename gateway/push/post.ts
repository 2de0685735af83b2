import { request as plainRequest, type RequestOptions } from "node:http";
import { request as secureRequest } from "node:https";
import { publicLookup, type EndpointRules } from "./endpoint.ts";

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: Uint8Array;
  /** An answer that takes longer counts as none: milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/**
 * One POST to an endpoint that may be connected to; its status. What is answered is not read, and redirects are not
 * followed. Rejects when nothing is answered.
 */
export function post(
  { url, headers, body, timeout, signal }: Post,
  { privateServices }: EndpointRules,
): Promise<number> {
  const options: RequestOptions = {
    method: "POST",
    headers,
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
    ...(!privateServices && { lookup: publicLookup }),
  };
  const send = url.startsWith("https:") ? secureRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const request = send(url, options, (response) => {
      resolve(response.statusCode ?? 0);
      response.on("error", () => {});
      response.destroy();
    });
    request.on("error", reject);
    request.end(body);
  });
}
