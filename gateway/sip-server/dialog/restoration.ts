import type { Flow, Listener } from "../transport/flow.ts";
import { chooseListener } from "../transport/listener-choice.ts";
import type { TransportLayer } from "../transport/transport-layer.ts";
import { firstHop } from "./compose-request.ts";
import type { CoreContext } from "./core.ts";
import type { Dialog } from "./dialog.ts";
import { type DialogRecord, dialogOf } from "./dialog-record.ts";
import type { Owner } from "./owner.ts";

/** RFC 5626 4.4.1. */
const ping = Buffer.from("\r\n\r\n");

/** Dialogs of before a restart come back in two steps: known before anything is received, then with a way to send. */
export class Restoration {
  readonly #context: CoreContext;
  readonly #transport: TransportLayer;
  readonly #restored: { dialog: Dialog; record: DialogRecord }[] = [];
  readonly #owners = new Map<string, Owner>();

  constructor(context: CoreContext, transport: TransportLayer) {
    this.#context = context;
    this.#transport = transport;
  }

  /** The tags' former owners: none is connected. */
  get owners(): Iterable<Owner> {
    return this.#owners.values();
  }

  /** Makes the dialogs, so that what comes in them is known. */
  know(records: readonly DialogRecord[]): void {
    for (const record of records) {
      const dialog = dialogOf(record, this.#ownerOf(record.tags), undefined);
      this.#context.dialogs.add(dialog);
      this.#restored.push({ dialog, record });
    }
  }

  /** Finds ways to the peers, now that addresses are bound: UDP at once, of streams those whose peer listens. False when there were none. */
  reach(): boolean {
    const some = this.#restored.length > 0;
    for (const { dialog, record } of this.#restored.splice(0)) {
      const listener = dialog.flow ? undefined : this.#listenerFor(record);
      if (!listener) continue;
      if (record.protocol === "udp")
        dialog.flow = this.#transport.flowTo({ protocol: "udp", ...record.peer }, listener);
      else void this.#call(dialog, record, listener);
    }
    return some;
  }

  /** A peer that listens, such as a trunk, is called; one that does not answer, or never listens, comes by itself. */
  async #call(dialog: Dialog, { protocol }: DialogRecord, listener: Listener): Promise<void> {
    const { returning, nextHop } = this.#context;
    if (protocol === "ws" || protocol === "wss") return returning.expect(dialog, listener);
    const missing = (): void => {
      if (dialog.flow === flow) dialog.flow = undefined;
      if (!dialog.flow && this.#context.dialogs.has(dialog)) returning.expect(dialog, listener);
    };
    let flow: Flow | undefined;
    try {
      flow = await nextHop.to(firstHop(dialog), listener);
      dialog.flow ??= flow;
      flow.send(ping, missing);
    } catch {
      missing();
    }
  }

  #listenerFor({ protocol, bound, peer }: DialogRecord): Listener | undefined {
    const { listeners } = this.#transport;
    const same = listeners.find(
      (one) => one.protocol === protocol && one.host === bound.host && one.port === bound.port,
    );
    return same ?? chooseListener(listeners, protocol, peer.host);
  }

  #ownerOf(tags: readonly string[]): Owner {
    const key = tags.join(",");
    const owner = this.#owners.get(key) ?? { connected: false, tags };
    this.#owners.set(key, owner);
    return owner;
  }
}
