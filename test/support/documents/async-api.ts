import { subprotocol } from "../../../gateway/protocol/version.ts";
import type { Frames } from "./frames.ts";
import type { FrameType, Schema, TypeReader } from "./type-reader.ts";

const channel = { $ref: "#/channels/frames" };

/** The AsyncAPI 3 document of the frames, written from the gateway's side: it receives requests and sends events. */
export function asyncApi({ requests, answers, events }: Frames, types: TypeReader, version: string): Schema {
  const all = [...requests, ...answers, ...events];
  return {
    asyncapi: "3.0.0",
    info: {
      title: "Offhook for pages",
      version,
      license: { name: "MIT" },
      description:
        "JSON frames, one a text message. Requests carry `id`, their answers `re`. Events are numbered by `seq`, but " +
        "for those that count only now.",
    },
    defaultContentType: "application/json",
    servers: {
      gateway: {
        host: "{host}",
        protocol: "wss",
        description: `WebSocket, subprotocol ${subprotocol}; the same frames by long polling below /poll`,
        variables: { host: { default: "localhost:8080", description: "Where the gateway is" } },
      },
    },
    channels: {
      frames: {
        address: "/ws",
        messages: Object.fromEntries(all.map(({ type }) => [type, { $ref: `#/components/messages/${type}` }])),
      },
    },
    operations: {
      ...Object.fromEntries(
        requests.map((request) => [
          request.type,
          {
            action: "receive",
            channel,
            messages: [inChannel(request.type)],
            reply: { channel, messages: request.answers.map(inChannel) },
          },
        ]),
      ),
      events: { action: "send", channel, messages: events.map(({ type }) => inChannel(type)) },
    },
    components: {
      messages: Object.fromEntries(all.map((frame) => [frame.type, message(frame)])),
      schemas: types.used,
    },
  };
}

const inChannel = (type: string): Schema => ({ $ref: `#/channels/frames/messages/${type}` });

function message({ type, doc, schema }: FrameType): Schema {
  return { name: type, ...(doc !== "" && { summary: doc }), payload: schema };
}
