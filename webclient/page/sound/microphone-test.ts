import { browserPlatform, type Meter } from "../../index.ts";
import { capture } from "../../capture.ts";

/** A microphone that is open to look at its loudness, and for nothing else. */
export class MicrophoneTest {
  readonly #stream: MediaStream;
  readonly #meter: Meter;

  private constructor(stream: MediaStream, meter: Meter) {
    this.#stream = stream;
    this.#meter = meter;
  }

  /** `deviceId`: empty for what the system says. @throws ClientError as `capture` */
  static async open(deviceId: string): Promise<MicrophoneTest> {
    const platform = browserPlatform();
    const audio = deviceId === "" ? true : { deviceId: { ideal: deviceId } };
    const stream = await capture(platform, { audio });
    return new MicrophoneTest(stream, platform.openMeter(stream));
  }

  level(): number {
    return this.#meter.read();
  }

  close(): void {
    this.#meter.close();
    for (const track of this.#stream.getTracks()) track.stop();
  }
}
