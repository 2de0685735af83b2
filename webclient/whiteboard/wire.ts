import type { ClientFrame } from "../../gateway/protocol/client-frame.ts";
import type { Answer, BoardEvent } from "../../gateway/protocol/server-frame.ts";
import type { Channel, Session } from "../index.ts";

type BoardFrame = Extract<ClientFrame, { type: `board.${string}` }>;
type WithoutId<Frame> = Frame extends unknown ? Omit<Frame, "id"> : never;
type AnswerType = Answer["type"];

/** The session's channel, for frames of whiteboards. */
export class BoardWire {
  readonly channel: Channel;

  constructor({ channel }: Session) {
    this.channel = channel;
  }

  /** @throws ClientError as `Channel.ask` */
  ask<Type extends AnswerType>(
    request: WithoutId<BoardFrame>,
    expected: Type,
  ): Promise<Extract<Answer, { type: Type }>> {
    return this.channel.ask(request, expected) as Promise<Extract<Answer, { type: Type }>>;
  }

  onEvent(listener: (event: BoardEvent) => void): () => void {
    return this.channel.onFact((fact) => {
      if (fact.type.startsWith("board.")) listener(fact as BoardEvent);
    });
  }
}
