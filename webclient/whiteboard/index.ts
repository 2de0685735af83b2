export {
  Whiteboard,
  Whiteboard as ApiRTCWhiteBoardClient,
  type BoardInfo,
  type BoardMember,
  type BoardRole,
  type BoardSeat,
  type WhiteboardEvents,
  type WhiteboardView,
} from "./whiteboard.ts";
export { Board, boardLimits, type BoardEvents, type BoardView, type NewElement, type StepOptions } from "./board.ts";
export type { LaserPoint, Other } from "./others.ts";
export { boundsOf, boundsOfAll, type Background, type BoardElement, type Box, type Point } from "./element.ts";
export { Hand, tools, type Pencil, type Tool } from "./hand.ts";
export { toBoard, toScreen, type Viewport } from "./viewport.ts";
export { darkLook, lightLook, type Look } from "./look.ts";
export { toSvg } from "./svg.ts";
export { toPng } from "./png.ts";
export { readPicture } from "./pictures.ts";
export { BoardSurface, type SurfaceEvents, type SurfaceOptions, type SurfaceView } from "./surface.ts";
export { seatColor } from "./overlay.ts";
