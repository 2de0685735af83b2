import type { Background, BoardElement } from "../../gateway/protocol/whiteboard-values.ts";
import { ClientError } from "../index.ts";
import { lightLook, type Look } from "./look.ts";
import { paintBackground, paintElement } from "./painter.ts";
import { PictureShelf, sourcesOf } from "./pictures.ts";
import { exported } from "./svg.ts";

/** Browsers make no larger canvases: pixels of one side. */
const largestSide = 8_192;

/**
 * The whole board as a PNG, `scale` pixels for one of the board (default 2), fewer where that would be too large.
 * @throws ClientError `unsupported` where the browser has no room for it
 */
export async function toPng(
  elements: readonly BoardElement[],
  background: Background,
  { scale = 2, look = lightLook }: { readonly scale?: number; readonly look?: Look } = {},
): Promise<Blob> {
  const shelf = new PictureShelf();
  await shelf.all(sourcesOf(elements, background.picture));
  const box = exported(elements, background);
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  const fine = Math.min(scale, largestSide / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(width * fine);
  canvas.height = Math.ceil(height * fine);
  const context = canvas.getContext("2d");
  if (!context) throw new ClientError("unsupported");
  context.setTransform(fine, 0, 0, fine, -box.left * fine, -box.top * fine);
  paintBackground(context, background, box, look, shelf.get);
  for (const element of elements) paintElement(context, element, look, shelf.get);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new ClientError("unsupported");
  return blob;
}
