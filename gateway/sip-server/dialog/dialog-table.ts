import { Emitter } from "../../base/emitter.ts";
import type { Dialog } from "./dialog.ts";

export interface DialogTableEvents {
  /** A confirmed dialog is new, or not what it was. */
  changed: [Dialog];
  /** A dialog that was `changed` before is over. */
  removed: [Dialog];
}

/**
 * All dialogs, by their three SIP identifiers (RFC 3261 12) and by the id that applications know. That id holds only
 * Call-ID and first tag, so a fork or a spiral would repeat it: the later one gets `;leg=2` and so on.
 */
export class DialogTable {
  readonly events = new Emitter<DialogTableEvents>();
  readonly #bySip = new Map<string, Dialog>();
  readonly #byId = new Map<string, Dialog>();
  readonly #reserved = new Set<string>();

  get size(): number {
    return this.#byId.size;
  }

  /** A free id, taken until `release`. */
  reserveId(callId: string, fromTag: string): string {
    const base = `${callId};from-tag=${fromTag}`;
    let id = base;
    for (let leg = 2; this.#reserved.has(id); leg++) id = `${base};leg=${leg}`;
    this.#reserved.add(id);
    return id;
  }

  releaseId(id: string): void {
    if (!this.#byId.has(id)) this.#reserved.delete(id);
  }

  add(dialog: Dialog): void {
    this.#reserved.add(dialog.id);
    this.#byId.set(dialog.id, dialog);
    this.#bySip.set(sipKey(dialog.callId, dialog.localTag, dialog.remoteTag), dialog);
  }

  /** Removes the dialog; true when it was there. Its id may be used again. */
  remove(dialog: Dialog): boolean {
    // One that is over already must not take away a later one, which may have its id.
    if (!this.has(dialog)) return false;
    this.#bySip.delete(sipKey(dialog.callId, dialog.localTag, dialog.remoteTag));
    this.#reserved.delete(dialog.id);
    this.#byId.delete(dialog.id);
    if (dialog.state === "confirmed") this.events.emit("removed", dialog);
    return true;
  }

  /** To be called when a dialog has changed: whoever keeps it for after a restart listens. */
  touch(dialog: Dialog): void {
    if (dialog.state === "confirmed" && this.has(dialog)) this.events.emit("changed", dialog);
  }

  has(dialog: Dialog): boolean {
    return this.#byId.get(dialog.id) === dialog;
  }

  byId(id: string): Dialog | undefined {
    return this.#byId.get(id);
  }

  bySip(callId: string, localTag: string, remoteTag: string): Dialog | undefined {
    return this.#bySip.get(sipKey(callId, localTag, remoteTag));
  }

  all(): Dialog[] {
    return [...this.#byId.values()];
  }
}

function sipKey(callId: string, localTag: string, remoteTag: string): string {
  return `${callId} ${localTag} ${remoteTag}`;
}
