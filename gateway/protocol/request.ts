import { Type, type TProperties } from "@sinclair/typebox";

/** `id` names the request; its answer carries it as `re`. A repeated id is answered again, not done again. */
export const request = <Name extends string, Fields extends TProperties>(type: Name, fields: Fields) =>
  Type.Object({ type: Type.Literal(type), id: Type.String({ minLength: 1, maxLength: 64 }), ...fields });
