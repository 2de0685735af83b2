import type { Data, Json } from "../index.ts";
import type { OldEvents } from "./events.ts";
import type { Names } from "./names.ts";

/** JSON to whoever is there, in the old style. */
export class ApiRTCDataClient {
  readonly #data: Data;
  readonly #names: Names;
  readonly #failed: (fault: unknown) => void;

  /** @internal */
  constructor(data: Data, events: OldEvents, names: Names, failed: (fault: unknown) => void) {
    this.#data = data;
    this.#names = names;
    this.#failed = failed;
    data.on("data", ({ from, group, value }) =>
      events.emit("receiveData", { senderId: names.idOf(from.target), group, data: value }),
    );
  }

  /** What cannot be delivered is told by `error`. */
  sendData(destId: string, data: Json): void {
    this.#data.send({ user: this.#names.userOf(destId) }, data).catch(this.#failed);
  }
}
