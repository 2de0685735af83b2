import { Emitter } from "../base/emitter.ts";
import { outlineOf } from "../sdp/outline.ts";
import { SdpError } from "../sdp/sdp-error.ts";
import { summaryOf, type MediaSummary } from "../sdp/summary.ts";
import { RelayError, type Relay, type RelayEvents, type SdpOutline } from "./relay.ts";

/** Stands where a relay should be on a machine that has none: everything but media works, and calls say why not. */
export class AbsentRelay extends Emitter<RelayEvents> implements Relay {
  readonly available = false;
  readonly sessions = 0;
  readonly #reason: string;

  /** `reason` is the text of every RelayError, such as how to install one. */
  constructor(reason: string) {
    super();
    this.#reason = reason;
  }

  open(): never {
    throw new RelayError("no-relay", this.#reason);
  }

  summary(sdp: string): MediaSummary {
    return readSummary(sdp);
  }

  outline(sdp: string): SdpOutline {
    return readOutline(sdp);
  }

  async close(): Promise<void> {
    this.removeAllListeners();
  }
}

/** Relay.summary, for every supplier. @throws RelayError `bad-sdp` */
export const readSummary = (sdp: string): MediaSummary => read(sdp, summaryOf);

/** Relay.outline, likewise. @throws RelayError `bad-sdp` */
export const readOutline = (sdp: string): SdpOutline => read(sdp, outlineOf);

function read<T>(sdp: string, how: (text: string) => T): T {
  try {
    return how(sdp);
  } catch (fault) {
    if (fault instanceof SdpError) throw new RelayError("bad-sdp", fault.message, { cause: fault });
    throw fault;
  }
}
