import { Emitter } from "../../gateway/base/emitter.ts";
import type { Player, PlayerProgram, PlayerSession } from "../../gateway/media/player.ts";

/** A player without sound; all its sessions are itself. */
export class FakePlayer extends Emitter<{ finished: [] }> implements Player, PlayerSession {
  program: PlayerProgram | undefined;
  accepted: string | undefined;
  sessions = 0;
  full = false;

  async open({ program }: { program: PlayerProgram }): Promise<PlayerSession> {
    if (this.full) throw new Error("no port");
    this.program = program;
    this.sessions += 1;
    return this;
  }

  answer(text: string): string {
    if (text === "no audio") throw new Error("no audio");
    return `answer to ${text}`;
  }

  offer(): string {
    return "player offer";
  }

  accept(text: string): void {
    this.accepted = text;
  }

  close(): void {
    this.sessions -= 1;
  }
}
