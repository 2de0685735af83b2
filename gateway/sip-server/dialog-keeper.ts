import { afterReading } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import { parseJson } from "../base/json.ts";
import type { Logger } from "../base/log.ts";
import type { Dialog } from "./dialog/dialog.ts";
import { type DialogRecord, isDialogRecord, recordOf } from "./dialog/dialog-record.ts";
import type { UserAgentCore } from "./dialog/user-agent-core.ts";
import type { DialogStore, OpenDialogStore } from "./store.ts";

/** Writes confirmed dialogs to a store when they change, and reads back what an earlier process left. */
export class DialogKeeper {
  readonly #core: UserAgentCore;
  readonly #store: DialogStore;
  readonly #log: Logger;
  readonly #changed = new Set<Dialog>();
  #gathering = false;

  constructor(core: UserAgentCore, open: OpenDialogStore, log: Logger) {
    this.#core = core;
    this.#log = log;
    this.#store = open(() => this.#everything());
    core.dialogEvents.on("changed", (dialog) => this.#note(dialog));
    core.dialogEvents.on("removed", (dialog) => this.#forget(dialog));
  }

  /** What an earlier process left; nothing, and said so, when the store cannot be asked. */
  async left(): Promise<readonly DialogRecord[]> {
    try {
      const records = [...(await this.#store.load()).values()].flatMap(readRecord);
      if (records.length > 0) this.#log.info("dialogs of before the restart", { dialogs: records.length });
      return records;
    } catch (fault) {
      this.#log.warn("dialogs of before cannot be read", { fault: messageOf(fault) });
      return [];
    }
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  /** Several changes of one turn are written once. */
  #note(dialog: Dialog): void {
    this.#changed.add(dialog);
    if (this.#gathering) return;
    this.#gathering = true;
    afterReading(() => {
      this.#gathering = false;
      for (const one of this.#changed) this.#write(one);
      this.#changed.clear();
    });
  }

  #forget(dialog: Dialog): void {
    this.#changed.delete(dialog);
    this.#store.remove(dialog.id);
  }

  #write(dialog: Dialog): void {
    const record = recordOf(dialog);
    if (record) this.#store.put(record.id, JSON.stringify(record));
  }

  *#everything(): Generator<readonly [id: string, text: string]> {
    for (const dialog of this.#core.confirmed()) {
      const record = recordOf(dialog);
      if (record) yield [record.id, JSON.stringify(record)];
    }
  }
}

function readRecord(text: string): DialogRecord[] {
  try {
    return [parseJson(text, isDialogRecord)];
  } catch {
    return []; // another version's
  }
}
