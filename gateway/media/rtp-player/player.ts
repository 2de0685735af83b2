import { createSocket, type Socket } from "node:dgram";
import { randomInt } from "node:crypto";
import type { Clock } from "../../base/clock.ts";
import { Emitter } from "../../base/emitter.ts";
import { CodedError } from "../../base/errors.ts";
import { agreementIn, audioAnswer, audioOffer, type AudioAgreement } from "../../sdp/audio-endpoint.ts";
import type { Codec } from "../../sdp/codec.ts";
import { sends } from "../../sdp/direction.ts";
import type { Player, PlayerEvents, PlayerProgram, PlayerSession } from "../player.ts";
import { parseRtp, printRtp } from "./rtp-packet.ts";
import { RtpSender } from "./rtp-sender.ts";
import { digitsSource, ringbackSource, toneSource, type SoundSource } from "./sound-source.ts";

export interface RtpPlayerOptions {
  readonly clock: Clock;
  /** Where players receive and send: an address that the relay reaches (default loopback). */
  readonly address?: string;
}

/** Players that are small RTP endpoints inside this process. */
export class RtpPlayer implements Player {
  readonly #options: RtpPlayerOptions;
  readonly #open = new Set<RtpPlayerSession>();

  constructor(options: RtpPlayerOptions) {
    this.#options = options;
  }

  get sessions(): number {
    return this.#open.size;
  }

  async open({ program }: { program: PlayerProgram }): Promise<PlayerSession> {
    const address = this.#options.address ?? "127.0.0.1";
    const socket = await bound(address);
    const session = new RtpPlayerSession({
      clock: this.#options.clock,
      address,
      socket,
      program,
      closed: () => this.#open.delete(session),
    });
    this.#open.add(session);
    return session;
  }
}

interface SessionOptions {
  readonly clock: Clock;
  readonly address: string;
  readonly socket: Socket;
  readonly program: PlayerProgram;
  readonly closed: () => void;
}

const events: Codec = { payloadType: 101, name: "telephone-event", clockRate: 8000, channels: 1 };
const g711: readonly Codec[] = [
  { payloadType: 0, name: "PCMU", clockRate: 8000, channels: 1 },
  { payloadType: 8, name: "PCMA", clockRate: 8000, channels: 1 },
];
/** An echo understands nothing of what it sends back: any codec will do. */
const anything: readonly Codec[] = [
  { payloadType: 96, name: "opus", clockRate: 48_000, channels: 2 },
  { payloadType: 9, name: "G722", clockRate: 8000, channels: 1 },
  ...g711,
];

class RtpPlayerSession extends Emitter<PlayerEvents> implements PlayerSession {
  readonly #options: SessionOptions;
  readonly #sessionId = String(randomInt(1, 2 ** 47));
  readonly #ssrc = randomInt(2 ** 32);
  readonly #sender: RtpSender | undefined;
  #version = 0;
  #agreement: AudioAgreement | undefined;
  #closed = false;

  constructor(options: SessionOptions) {
    super();
    this.#options = options;
    const source = sourceOf(options.program);
    if (source) this.#sender = this.#senderOf(source);
    else options.socket.on("message", (datagram) => this.#echo(datagram));
    options.socket.on("error", () => {});
  }

  answer(offer: string): string {
    const { sdp, agreement } = audioAnswer(this.#endpoint(), offer);
    this.#agree(agreement);
    return sdp;
  }

  offer(): string {
    return audioOffer(this.#endpoint());
  }

  accept(answer: string): void {
    this.#agree(agreementIn(this.#endpoint(), answer));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#sender?.close();
    this.#options.socket.close();
    this.#options.closed();
    this.removeAllListeners();
  }

  #endpoint() {
    const { program, socket, address } = this.#options;
    const codecs = "echo" in program ? [...anything, events] : g711;
    return { address, port: socket.address().port, codecs, sessionId: this.#sessionId, version: ++this.#version };
  }

  #agree(agreement: AudioAgreement): void {
    this.#agreement = agreement;
    const { codec, direction } = agreement;
    const law = codec.name.toUpperCase() === "PCMA" ? "PCMA" : "PCMU";
    this.#sender?.use(sends(direction) ? { law, payloadType: codec.payloadType } : undefined);
  }

  #senderOf(source: SoundSource): RtpSender {
    return new RtpSender({
      clock: this.#options.clock,
      source,
      send: (datagram) => this.#send(datagram),
      finished: () => this.emit("finished"),
    });
  }

  /** The far end's own packets under a source of our own: it would take its own for a loop (RFC 3550 8.2). */
  #echo(datagram: Buffer): void {
    const packet = parseRtp(datagram);
    if (packet && this.#agreement && sends(this.#agreement.direction))
      this.#send(printRtp({ ...packet, ssrc: this.#ssrc }));
  }

  #send(datagram: Buffer): void {
    if (this.#closed || !this.#agreement) return;
    // Sound that cannot be sent is lost, like any other packet.
    this.#options.socket.send(datagram, this.#agreement.port, this.#agreement.address, () => {});
  }
}

function sourceOf(program: PlayerProgram): SoundSource | undefined {
  if ("tone" in program) return toneSource(program.tone);
  if ("ringback" in program) return ringbackSource();
  return "digits" in program ? digitsSource(program.digits) : undefined;
}

function bound(address: string): Promise<Socket> {
  const socket = createSocket("udp4").unref();
  return new Promise((resolve, reject) => {
    socket.once("error", (fault) => reject(new CodedError("no-port", `no port for a player: ${fault.message}`)));
    socket.bind(0, address, () => resolve(socket));
  });
}
