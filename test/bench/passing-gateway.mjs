// The built gateway with a relay through which descriptions pass as they are: what is left is the cost of signalling.
import { randomUUID } from "node:crypto";
import { readSummary } from "../../dist/gateway/media/absent-relay.js";
import { Emitter } from "../../dist/gateway/base/emitter.js";
import { startGateway } from "../../dist/gateway/compose/gateway.js";
import { readConfig } from "../../dist/gateway/config.js";

class PassingRelay extends Emitter {
  available = true;
  summary = readSummary;
  #open = new Set();

  get sessions() {
    return this.#open.size;
  }

  open({ id = randomUUID() } = {}) {
    this.#open.add(id);
    const nothing = async () => {};
    const pass = async (_from, _to, sdp) => sdp;
    const close = async () => void this.#open.delete(id);
    return { id, relay: "none", offer: pass, answer: pass, remove: nothing, sendDigit: nothing, watch() {}, close };
  }

  async close() {}
}

const gateway = await startGateway(readConfig(), async () => ({ relay: new PassingRelay(), missing: undefined }));
process.once("SIGINT", () => void gateway.stop().then(() => process.exit(0)));
