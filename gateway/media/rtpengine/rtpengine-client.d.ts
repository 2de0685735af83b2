/** The part of `rtpengine-client` that we use: its codec. */
declare module "rtpengine-client" {
  export class Client {
    /** `cookie` has 36 characters. */
    static encodeMessage(cookie: string, command: object): Buffer;
    /** Throws on anything that is no reply. */
    static decodeMessage(datagram: Buffer): { id: string; data: unknown };
  }
}
