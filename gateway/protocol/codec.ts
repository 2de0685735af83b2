import { TypeCompiler, type TypeCheck } from "@sinclair/typebox/compiler";
import { ClientFrame, type ClientFrameType } from "./client-frame.ts";

/** What came instead of a frame. `re` is the request's id when that much could be read. */
export interface BadFrame {
  readonly re?: string;
  readonly unknownType?: string;
  readonly text: string;
}

const checks = new Map<string, TypeCheck<(typeof ClientFrame.anyOf)[number]>>(
  ClientFrame.anyOf.map((schema) => [schema.properties.type.const, TypeCompiler.Compile(schema)]),
);

/** A frame of the browser, or what is wrong with it. Unknown fields are left alone. */
export function readClientFrame(value: unknown): { frame: ClientFrame } | { bad: BadFrame } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { bad: { text: "A frame is a JSON object." } };
  }
  const { type, id } = value as { type?: unknown; id?: unknown };
  const re = typeof id === "string" && id.length > 0 && id.length <= 64 ? { re: id } : {};
  if (typeof type !== "string") return { bad: { ...re, text: "A frame has a type." } };
  const check = checks.get(type);
  if (!check) return { bad: { ...re, unknownType: type.slice(0, 64), text: "This gateway does not know that type." } };
  if (check.Check(value)) return { frame: value as ClientFrame };
  const first = check.Errors(value).First();
  return { bad: { ...re, text: `${type}: ${first?.path ?? ""} ${first?.message ?? "is wrong"}`.trim() } };
}

export const clientFrameTypes = [...checks.keys()] as ClientFrameType[];
