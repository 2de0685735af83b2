import type { IncomingRequest } from "./incoming-request.ts";
import type { Owner } from "./owner.ts";

/** Requests that wait for an application's answer, and INVITEs until their ACK, by transaction id. */
export class PendingRequests {
  readonly #requests = new Map<string, IncomingRequest>();
  /** UPDATEs that share the transaction id of an unfinished INVITE. */
  readonly #updates = new Map<string, IncomingRequest>();

  add(request: IncomingRequest): void {
    this.#requests.set(request.id, request);
  }

  /** An UPDATE is known by the id of the INVITE that it came beside, which is drachtio's way. */
  share(update: IncomingRequest, id: string): void {
    this.#requests.delete(update.id);
    update.id = id;
    this.#updates.set(id, update);
  }

  /** The one with that id; `method`: which one of two that share it. */
  find(id: string, method?: string): IncomingRequest | undefined {
    return (method === "UPDATE" ? this.#updates.get(id) : undefined) ?? this.#requests.get(id);
  }

  unansweredBy(owner: Owner): IncomingRequest[] {
    const requests = [...this.#requests.values(), ...this.#updates.values()];
    return requests.filter((request) => request.owner === owner && !request.answered);
  }

  forget(request: IncomingRequest): void {
    for (const map of [this.#requests, this.#updates]) if (map.get(request.id) === request) map.delete(request.id);
  }
}
