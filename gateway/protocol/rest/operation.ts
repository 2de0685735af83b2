import { Type, type Static, type TObject, type TProperties } from "@sinclair/typebox";
import type { ProblemCode } from "./problems.ts";
import type { ApiRight, RestAnswers } from "./values.ts";

/** One thing that a server can ask for: what is checked, and what the OpenAPI document says of it. */
export interface Operation {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below `/api/v1`; `{name}` stands for a parameter. */
  readonly path: string;
  readonly right: ApiRight;
  /** A line for people. */
  readonly summary: string;
  readonly params: TObject;
  readonly query: TObject;
  readonly body?: TObject;
  /** 204 is an answer without a body. */
  readonly status: 200 | 201 | 204;
  readonly answer?: keyof RestAnswers;
  /** Besides those that every operation may be answered with. */
  readonly problems: readonly ProblemCode[];
}

/** Unknown fields are refused: a name that is written wrong shows. */
export const fields = <Fields extends TProperties>(properties: Fields) =>
  Type.Object(properties, { additionalProperties: false });

export const nothing = fields({});

/** What every operation may be answered with instead. */
export const commonProblems = ["bad-request", "unauthorized", "not-allowed", "rate-limited", "server-error"] as const;

export type AnswerTo<Asked extends Operation> = Asked extends { readonly answer: infer Name extends keyof RestAnswers }
  ? RestAnswers[Name]
  : void;

/** The checked parts of a request. */
export interface Asked<Of extends Operation> {
  readonly params: Static<Of["params"]>;
  readonly query: Static<Of["query"]>;
  readonly body: Of extends { readonly body: infer Body extends TObject } ? Static<Body> : undefined;
}
