import { pause } from "../gateway/base/clock.ts";
import { isRecord, parseJson } from "../gateway/base/json.ts";
import type { Recipient } from "../gateway/protocol/message-values.ts";
import { acrossLosses } from "./across-losses.ts";
import { backOffMs } from "./back-off.ts";
import { ClientError, type ErrorCode, type ErrorDetail } from "./client-error.ts";
import type { HttpAnswer, HttpRequest, Platform } from "./platform.ts";
import type { Link } from "./link.ts";

/** Small enough that the way of each is seen, and that a slow network brings it within the gateway's patience. */
const partBytes = 262_144;
/** Times in a row that a part may fail: over a minute. */
const maxFailures = 12;
const headers = { "tus-resumable": "1.0.0" };

/** How far files have come: bytes of all of them together. */
export type Progress = (sent: number, total: number) => void;

/** Sends the content of files by HTTP, in parts. A network that fails is waited for, and it goes on where it stood. */
export class Uploads {
  readonly #link: Link;
  readonly #platform: Platform;

  constructor(link: Link, platform: Platform) {
    this.#link = link;
    this.#platform = platform;
  }

  /**
   * The ids under which a message to `to` may take the files along.
   * @throws ClientError `not-allowed` for a file that may not pass, `unsupported` for one that is too large, `aborted`,
   * `unreachable`, `bad-target`, `rate-limited`
   */
  async send(
    to: Recipient,
    files: readonly Blob[],
    progress: Progress = () => {},
    signal?: AbortSignal,
  ): Promise<string[]> {
    const total = files.reduce((sum, { size }) => sum + size, 0);
    const ids: string[] = [];
    let before = 0;
    progress(0, total);
    for (const file of files) {
      const { fileId, upload } = await acrossLosses(this.#link, () => this.#offer(to, file), signal);
      await this.#content(this.#link.address(upload), file, (sent) => progress(before + sent, total), signal);
      before += file.size;
      ids.push(fileId);
    }
    return ids;
  }

  #offer(to: Recipient, file: Blob): Promise<{ fileId: string; upload: string }> {
    const name = "name" in file && typeof file.name === "string" && file.name !== "" ? file.name : "file";
    return this.#link.request({ type: "file.offer", to, name, size: file.size }, "file.offered", (offered) => offered);
  }

  async #content(url: string, file: Blob, told: (sent: number) => void, signal?: AbortSignal): Promise<void> {
    let failures = 0;
    for (let offset: number | undefined = 0; ;) {
      const end: number | undefined =
        offset === undefined ? await this.#asked(url, signal) : await this.#part(url, file, offset, signal);
      if (end === undefined) {
        if (++failures > maxFailures) throw new ClientError("unreachable");
        await pause(
          this.#platform.clock,
          backOffMs(failures, () => this.#platform.random()),
        );
      } else {
        failures = 0;
        told(end);
        // Asked, it may have come whole and unanswered: an empty part then brings the answer.
        if (end >= file.size && offset !== undefined) return;
      }
      offset = end;
    }
  }

  /** Where the content stands after the part that begins at `offset`; undefined when that has to be asked. */
  async #part(url: string, file: Blob, offset: number, signal?: AbortSignal): Promise<number | undefined> {
    const answer = await this.#http(url, {
      method: "PATCH",
      headers: { ...headers, "content-type": "application/offset+octet-stream", "upload-offset": String(offset) },
      body: file.slice(offset, offset + partBytes),
      signal,
    });
    if (answer?.status === 204) return Number(answer.header("upload-offset"));
    if (answer && answer.status >= 400 && answer.status < 500 && answer.status !== 409) throw refused(answer);
    return undefined;
  }

  async #asked(url: string, signal?: AbortSignal): Promise<number | undefined> {
    const answer = await this.#http(url, { method: "HEAD", headers, signal });
    if (answer?.status === 404) throw refused(answer);
    return answer?.status === 200 ? Number(answer.header("upload-offset")) : undefined;
  }

  /** Undefined when nobody answers. */
  async #http(url: string, request: HttpRequest): Promise<HttpAnswer | undefined> {
    if (!this.#platform.http) throw new ClientError("unsupported");
    const answer = await this.#platform.http(url, request).catch(() => undefined);
    if (request.signal?.aborted) throw new ClientError("aborted");
    return answer;
  }
}

const hasText = (value: unknown): value is { text: string } => isRecord(value) && typeof value["text"] === "string";

/** What each status of the gateway means; any other one is a refusal without a reason. */
const refusals: Readonly<Record<number, readonly [code: ErrorCode, detail?: ErrorDetail]>> = {
  404: ["unreachable"],
  413: ["unsupported", "too-large"],
  415: ["not-allowed", "file-type"],
  422: ["not-allowed", "file-denied"],
};

function refused({ status, text }: HttpAnswer): ClientError {
  const [code, detail] = refusals[status] ?? ["not-allowed"];
  try {
    return new ClientError(code, { detail, text: parseJson(text, hasText).text });
  } catch {
    return new ClientError(code, { detail });
  }
}
