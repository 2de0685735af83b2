import { Type, type Static } from "@sinclair/typebox";
import { GroupName } from "./message-values.ts";
import { limits } from "./version.ts";

export const BoardId = Type.String({ minLength: 1, maxLength: 64, pattern: "^[\\w-]+$" });
export const BoardName = GroupName;

/** Made up by who draws it. */
export const ElementId = Type.String({ minLength: 1, maxLength: 64, pattern: "^[\\w-]+$" });

const Coordinate = Type.Number({ minimum: -limits.far, maximum: limits.far });

/** Across and down, in pixels of the board at its natural size. */
export const Point = Type.Tuple([Coordinate, Coordinate]);
export type Point = Static<typeof Point>;

/** A picture inside its address. No SVG: it may hold script. */
export const PictureSource = Type.String({
  maxLength: limits.picture,
  pattern: "^data:image/(png|jpeg|webp);base64,[A-Za-z0-9+/]+={0,2}$",
});

/** Higher ones cover lower ones; of equal ones the greater id covers. */
const Height = Type.Integer({ minimum: 0, maximum: 1_000_000_000 });
const Color = Type.String({ pattern: "^#[0-9a-f]{6}$" });
/** Width of the line; of text its height. */
const Size = Type.Number({ minimum: 0.5, maximum: 200 });

const common = { elementId: ElementId, z: Height };
const inked = { ...common, color: Color, size: Size };
const closed = { additionalProperties: false } as const;

/** Drawn by hand, through all of its points. */
const Stroke = Type.Object(
  {
    kind: Type.Literal("stroke"),
    ...inked,
    points: Type.Array(Point, { minItems: 1, maxItems: limits.points }),
  },
  closed,
);

/** Two points span it: a line's ends, the arrow's point last, or the corners of a box. */
const Shape = Type.Object(
  {
    kind: Type.Union([Type.Literal("line"), Type.Literal("arrow"), Type.Literal("rectangle"), Type.Literal("ellipse")]),
    ...inked,
    points: Type.Tuple([Point, Point]),
  },
  closed,
);

/** Its point is the left end of the first line's top. */
const Label = Type.Object(
  {
    kind: Type.Literal("text"),
    ...inked,
    points: Type.Tuple([Point]),
    text: Type.String({
      minLength: 1,
      maxLength: limits.boardText,
      pattern: "^[^\\u0000-\\u0009\\u000b-\\u001f\\u007f]*$",
    }),
  },
  closed,
);

const Picture = Type.Object(
  { kind: Type.Literal("image"), ...common, points: Type.Tuple([Point, Point]), source: PictureSource },
  closed,
);

/** One thing on a board. It is replaced as a whole, never in part. */
export const BoardElement = Type.Union([Stroke, Shape, Label, Picture]);
export type BoardElement = Static<typeof BoardElement>;

/** What everything lies on. */
export const Background = Type.Object(
  {
    paper: Type.Union([Type.Literal("plain"), Type.Literal("dots"), Type.Literal("grid"), Type.Literal("lines")]),
    picture: Type.Optional(Type.Object({ source: PictureSource, points: Type.Tuple([Point, Point]) }, closed)),
  },
  closed,
);
export type Background = Static<typeof Background>;

/** Owners invite and give roles, editors draw, viewers look. */
export const BoardRole = Type.Union([Type.Literal("owner"), Type.Literal("editor"), Type.Literal("viewer")]);
export type BoardRole = Static<typeof BoardRole>;

export interface BoardMember {
  /** `name@domain`. */
  readonly user: string;
  readonly name?: string;
  readonly role: BoardRole;
  /** Asked to join, has not answered. */
  readonly invited?: true;
}

export interface BoardInfo {
  readonly boardId: string;
  readonly name: string;
  readonly members: readonly BoardMember[];
}

/** A page that has the board open. */
export interface BoardSeat {
  /** Names the page while it has the board open. */
  readonly seat: number;
  readonly user: string;
  readonly name?: string;
}

/** An element while it is being drawn: of its points those from number `from`, counted from 0. */
export const Draft = Type.Object(
  { element: BoardElement, from: Type.Integer({ minimum: 0, maximum: limits.points }) },
  closed,
);
export type Draft = Static<typeof Draft>;
