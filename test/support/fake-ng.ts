import { createSocket, type Socket } from "node:dgram";
import rtpengine from "rtpengine-client";

export interface NgCommand {
  readonly cookie: string;
  readonly command: Record<string, unknown>;
  /** Where it came from. */
  readonly port: number;
  /** Sends a reply under this cookie. */
  reply(data: object): void;
}

/** An ng server that answers what a test tells it, or nothing. */
export class FakeNg {
  readonly received: NgCommand[] = [];
  readonly #socket: Socket;
  /** Called with each command; default: silence. */
  answer: (command: NgCommand) => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("message", (datagram, { port }) => {
      const { id, data } = rtpengine.Client.decodeMessage(datagram);
      const reply = (answer: object): void => this.send(rtpengine.Client.encodeMessage(id, answer), port);
      const command = { cookie: id, command: data as Record<string, unknown>, port, reply };
      this.received.push(command);
      this.answer(command);
    });
  }

  static open(): Promise<FakeNg> {
    const socket = createSocket("udp4");
    return new Promise((resolve) => socket.bind(0, "127.0.0.1", () => resolve(new FakeNg(socket))));
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** Sends raw bytes. */
  send(bytes: Buffer, port: number): void {
    this.#socket.send(bytes, port, "127.0.0.1");
  }

  close(): void {
    this.#socket.close();
  }
}
