import type { SessionRecord, SessionRecords } from "../session-records.ts";

/** Records of one process. None has to go by itself: who would have removed it goes with it. */
export class MemorySessionRecords implements SessionRecords {
  readonly #records = new Map<string, SessionRecord>();

  async put(id: string, holder: string, record: SessionRecord): Promise<boolean> {
    if (!this.#isOf(id, holder, true)) return false;
    this.#records.set(id, record);
    return true;
  }

  async find(id: string): Promise<SessionRecord | undefined> {
    return this.#records.get(id);
  }

  async claim(id: string, from: string, to: string): Promise<boolean> {
    const record = this.#records.get(id);
    if (!record || record.node !== from) return false;
    this.#records.set(id, { ...record, node: to });
    return true;
  }

  async remove(id: string, holder: string): Promise<void> {
    if (this.#isOf(id, holder, false)) this.#records.delete(id);
  }

  async touch(ids: readonly string[]): Promise<readonly string[]> {
    return ids.filter((id) => !this.#records.has(id));
  }

  #isOf(id: string, holder: string, orNobody: boolean): boolean {
    const record = this.#records.get(id);
    return record ? record.node === holder : orNobody;
  }
}
