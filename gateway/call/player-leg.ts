import { messageOf } from "../base/errors.ts";
import type { Player, PlayerProgram, PlayerSession } from "../media/player.ts";

export type { PlayerProgram } from "../media/player.ts";
import type { Leg, LegCommand, LegFact, LegId, LegKind, Party } from "./leg.ts";

/** A called leg that is a player: echo, tone, digits. It answers at once and ends when it has nothing more to play. */
export class PlayerLeg implements Leg {
  readonly kind: LegKind = "rtp";
  readonly id: LegId;
  readonly party: Party;
  readonly #player: Player;
  readonly #program: PlayerProgram;
  #listener: (fact: LegFact) => void = () => {};
  #session: PlayerSession | undefined;
  #ended = false;

  constructor(id: LegId, party: Party, player: Player, program: PlayerProgram) {
    this.id = id;
    this.party = party;
    this.#player = player;
    this.#program = program;
  }

  listen(listener: (fact: LegFact) => void): () => void {
    this.#listener = listener;
    return () => void (this.#listener = () => {});
  }

  command(command: LegCommand): void {
    if (this.#ended) return;
    if (command.do === "end") return this.#close();
    if (command.do === "offer") void this.#open(command.description?.sdp);
    else if (command.do === "update") this.#update(command.description?.sdp);
    else if (command.do === "confirm" && command.description) this.#session?.accept(command.description.sdp);
  }

  async #open(offer: string | undefined): Promise<void> {
    try {
      const session = await this.#player.open({ program: this.#program });
      if (this.#ended) return session.close();
      this.#session = session;
      session.on("finished", () => this.#end("normal"));
      const sdp = offer === undefined ? session.offer() : session.answer(offer);
      this.#listener({
        is: "answered",
        description: { kind: offer === undefined ? "offer" : "answer", sdp, generation: 1 },
      });
    } catch (fault) {
      this.#end("media-failed", messageOf(fault));
    }
  }

  #update(offer: string | undefined): void {
    const session = this.#session;
    if (!session) return;
    try {
      const sdp = offer === undefined ? session.offer() : session.answer(offer);
      this.#listener({
        is: "updated",
        description: { kind: offer === undefined ? "offer" : "answer", sdp, generation: 1 },
      });
    } catch (fault) {
      this.#listener({ is: "update-refused", cause: { code: "not-acceptable", text: messageOf(fault) } });
    }
  }

  #end(code: "normal" | "media-failed", text?: string): void {
    if (this.#ended) return;
    this.#close();
    this.#listener({ is: "ended", cause: { code, ...(text && { text }) } });
  }

  #close(): void {
    this.#ended = true;
    this.#session?.close();
    this.#session = undefined;
  }
}
