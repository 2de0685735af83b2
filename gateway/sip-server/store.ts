/**
 * Where confirmed dialogs are kept for after a restart: texts by dialog id. Writes return at once, and are done in
 * order as soon as can be; what cannot be written is written when the store is back.
 */
export interface DialogStore {
  /** All that was kept. Rejects when the store cannot be asked. */
  load(): Promise<ReadonlyMap<string, string>>;
  put(id: string, text: string): void;
  remove(id: string): void;
  /** Writes what is left, and lets go. */
  close(): Promise<void>;
}

/** Opens a store; `everything` tells all that belongs into it, for when it has lost something. */
export type OpenDialogStore = (everything: () => Iterable<readonly [id: string, text: string]>) => DialogStore;
