import type { Answer } from "../../gateway/protocol/server-frame.ts";

type Unnumbered<Frame> = Frame extends unknown ? Omit<Frame, "re"> : never;

/** An answer before it is told which request it belongs to. */
export type Reply = Unnumbered<Answer>;
