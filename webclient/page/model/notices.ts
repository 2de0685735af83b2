import { ClientError, type CallOptions, type ErrorCode } from "../../index.ts";
import { LiveObject } from "../../live.ts";

/** Does the same once more; `options` change how, such as to listen only. */
export type Again = (options?: CallOptions) => void;

/** Something that the user should know and can act upon. */
export interface Notice {
  readonly about: ErrorCode | "device-lost" | "said";
  readonly detail?: string | undefined;
  /** A name or a sentence that belongs to it. */
  readonly text: string;
  readonly again?: Again | undefined;
}

export interface NoticesView {
  readonly notice?: Notice | undefined;
  /** The browser plays nothing until the user acts. */
  readonly soundBlocked: boolean;
  /** A new version of the page waits for a reload. */
  readonly updated: boolean;
}

/** What needs attention: one problem at a time, the youngest. */
export class Notices extends LiveObject<NoticesView, Record<never, never>> {
  constructor() {
    super({ soundBlocked: false, updated: false });
  }

  show(notice: Notice): void {
    this.update({ notice });
  }

  /** A sentence that is no problem. */
  say(text: string): void {
    this.show({ about: "said", text });
  }

  /** What was thrown. What was given up on purpose is not worth a word. */
  tell(thrown: unknown, again?: Again): void {
    const { code, detail, message } = asProblem(thrown);
    if (code !== "aborted") this.show({ about: code, detail, text: message, again });
  }

  dismiss(about?: Notice["about"]): void {
    if (about === undefined || this.view().notice?.about === about) this.update({ notice: undefined });
  }

  blockSound(soundBlocked: boolean): void {
    this.update({ soundBlocked });
  }

  announceUpdate(): void {
    this.update({ updated: true });
  }
}

function asProblem(thrown: unknown): Pick<ClientError, "code" | "message"> & { detail?: string | undefined } {
  return thrown instanceof ClientError ? thrown : { code: "unsupported", message: String(thrown) };
}
