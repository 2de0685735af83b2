import { Type, type TSchema } from "@sinclair/typebox";

/** A port; 0 takes any free one. */
export const port = (fallback: number, description: string) =>
  Type.Integer({ minimum: 0, maximum: 65_535, default: fallback, description: `${description} (0: any free port)` });
/** A time in milliseconds, up to a day. */
export const ms = (fallback: number, description: string) =>
  Type.Integer({ minimum: 1, maximum: 86_400_000, default: fallback, description: `${description}, in milliseconds` });
export const count = (fallback: number, description: string) =>
  Type.Integer({ minimum: 1, maximum: 1_000_000, default: fallback, description });
export const text = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 4096, description }));
export const list = (fallback: string[], description: string) =>
  Type.Array(Type.String({ minLength: 1 }), { default: fallback, description });
/** Keys under one name; what is left out has its default. */
export const section = <T extends Record<string, TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false, default: {} });
