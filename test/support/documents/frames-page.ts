import type { Frames } from "./frames.ts";
import { code, fieldTable, valueSections } from "./markdown.ts";
import type { FrameType, TypeReader } from "./type-reader.ts";

const head = `# Frames

What passes between a page and the gateway: JSON, one frame a WebSocket message (\`/ws\`, subprotocol \`offhook.1\`), or
the same frames by long polling. The library speaks them for you. \`npm run docs\` writes this page from
\`gateway/protocol\`; change it there. The gateway serves the same as AsyncAPI 3 at \`/api/asyncapi.json\`.

A request carries \`id\`, its answer \`re\`. Events are numbered by \`seq\` and come again after a loss, until \`ping\`
acknowledges them; those marked as passing count only now. Unknown fields and types are left alone.

**Releases.** A gateway speaks with pages of its own release and of the one before, and a page with gateways of its own and
of the one before. Within \`offhook.1\` frames and optional fields are only added, and what a side does not know it leaves
alone; a request of a type that the gateway does not know is refused with \`unsupported\`. What cannot be said that way is
\`offhook.2\`: pages then offer both, the gateway takes the newest that it knows, and it knows \`offhook.1\` for one
release more. A page that offers nothing that the gateway knows is refused with \`unsupported\`, close code 1002.

`;

/** docs/frames.md. */
export function framesPage({ requests, answers, events }: Frames, types: TypeReader): string {
  return [
    head,
    "## Requests\n",
    ...requests.map((request) =>
      section(request, ["type", "id"], `Answer: ${request.answers.map(code).join(" or ")}.`),
    ),
    "## Answers\n",
    ...answers.map((answer) => section(answer, ["type", "re"])),
    "## Events\n",
    ...events.map((event) => section(event, ["type", "seq"], event.kept ? "" : "Passing.")),
    "## Values\n",
    valueSections(types.used),
  ].join("\n");
}

function section({ type, doc, schema }: FrameType, except: readonly string[], more = ""): string {
  const text = [doc, more].filter((part) => part !== "").join(" ");
  return [`### ${type}\n`, text === "" ? "" : `${text}\n`, fieldTable(schema, except)]
    .filter((part) => part !== "")
    .join("\n");
}
