import { ClientFrame } from "../../../gateway/protocol/client-frame.ts";
import { passingTypes } from "../../../gateway/protocol/server-frame.ts";
import { plain, type FrameType, type Schema, type TypeReader } from "./type-reader.ts";

export interface Request extends FrameType {
  /** Types of the frames that may answer it. */
  readonly answers: readonly string[];
}

export interface Event extends FrameType {
  /** Numbered by `seq` and sent again after a loss. */
  readonly kept: boolean;
}

/** All that passes between a page and the gateway. */
export interface Frames {
  readonly requests: readonly Request[];
  readonly answers: readonly FrameType[];
  readonly events: readonly Event[];
}

/** What a request is answered with when its comment does not say. */
const usualAnswer = "ok";
const seq: Schema = { type: "integer", minimum: 1, description: "Its number among kept events" };

export function framesOf(types: TypeReader): Frames {
  const answers = types.frames("Answer");
  return { requests: requestsOf(types, answers), answers, events: types.frames("ServerEvent").map(eventOf) };
}

function requestsOf(types: TypeReader, answers: readonly FrameType[]): readonly Request[] {
  return ClientFrame.anyOf.map((schema) => {
    const { doc, fields } = types.docOf(types.nameOf(schema) ?? "");
    const type = schema.properties.type.const;
    return { type, doc, schema: withDocs(plain(schema), fields), answers: answersTo(type, doc, answers) };
  });
}

/** The comment of a request names its answer, where that is not just `ok`. */
function answersTo(type: string, doc: string, answers: readonly FrameType[]): readonly string[] {
  const named = /Answered by `([\w.]+)`/i.exec(doc)?.[1] ?? { ping: "pong", "session.open": "session.opened" }[type];
  const known = answers.find((answer) => answer.type === named)?.type ?? usualAnswer;
  return [known, "refused"];
}

function eventOf(event: FrameType): Event {
  const kept = !passingTypes.some((type) => type === event.type);
  if (!kept) return { ...event, kept };
  const { properties, required } = event.schema as { properties: Schema; required: readonly string[] };
  const schema = { ...event.schema, properties: { ...properties, seq }, required: [...required, "seq"] };
  return { ...event, schema, kept };
}

function withDocs(schema: Schema, docs: Readonly<Record<string, string>>): Schema {
  const properties = schema["properties"] as Readonly<Record<string, Schema>>;
  const described = Object.entries(properties).map(([name, field]) => {
    const doc = docs[name];
    return [name, doc === undefined ? field : { ...field, description: doc }];
  });
  return { ...schema, properties: Object.fromEntries(described) };
}
