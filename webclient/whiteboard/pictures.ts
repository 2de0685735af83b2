import type { BoardElement, Point } from "../../gateway/protocol/whiteboard-values.ts";
import { limits } from "../../gateway/protocol/version.ts";
import { ClientError } from "../index.ts";
import type { Pictures } from "./painter.ts";

/** Decodes the pictures of a board once each, and says when one can be painted. */
export class PictureShelf {
  readonly #decoded = new Map<string, HTMLImageElement>();
  readonly #asked = new Map<string, Promise<void>>();
  readonly #arrived: () => void;

  constructor(arrived: () => void = () => {}) {
    this.#arrived = arrived;
  }

  readonly get: Pictures = (source) => {
    void this.#decode(source);
    return this.#decoded.get(source);
  };

  /** Resolves when all that can be decoded is. */
  async all(sources: readonly string[]): Promise<void> {
    await Promise.all(sources.map((source) => this.#decode(source)));
  }

  #decode(source: string): Promise<void> {
    const known = this.#asked.get(source);
    if (known) return known;
    const image = new Image();
    image.src = source;
    const decoding = image.decode().then(
      () => {
        this.#decoded.set(source, image);
        this.#arrived();
      },
      // What is no picture stays a grey box.
      () => {},
    );
    this.#asked.set(source, decoding);
    return decoding;
  }
}

/** The pictures on a board, and in its background. */
export const sourcesOf = (elements: readonly BoardElement[], background?: { readonly source: string }): string[] => [
  ...elements.flatMap((element) => (element.kind === "image" ? [element.source] : [])),
  ...(background ? [background.source] : []),
];

/** Sides that a picture is made smaller to, one after another until it is small enough; in pixels. */
const sides = [1280, 960, 640, 480, 320, 200];

/**
 * A picture for a board: made smaller until its data fit, in WebP or else JPEG. `extent`: its size in pixels then.
 * @throws ClientError `unsupported` for what the browser cannot read as a picture
 */
export async function readPicture(file: Blob): Promise<{ readonly source: string; readonly extent: Point }> {
  const bitmap = await createImageBitmap(file).catch((cause: unknown) => {
    throw new ClientError("unsupported", { text: "That is no picture that this browser can read.", cause });
  });
  try {
    for (const side of sides) {
      const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
      const extent: Point = [
        Math.max(1, Math.round(bitmap.width * scale)),
        Math.max(1, Math.round(bitmap.height * scale)),
      ];
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = extent;
      canvas.getContext("2d")?.drawImage(bitmap, 0, 0, ...extent);
      for (const [type, quality] of [
        ["image/webp", 0.85],
        ["image/jpeg", 0.8],
      ] as const) {
        const source = canvas.toDataURL(type, quality);
        if (source.startsWith(`data:${type}`) && source.length <= limits.picture) return { source, extent };
      }
    }
  } finally {
    bitmap.close();
  }
  throw new ClientError("unsupported", { text: "That picture cannot be made small enough." });
}
