/** Where pictures are decoded: a page of a browser, which can. */
interface Canvas {
  evaluate(script: string): Promise<unknown>;
}

/** A picture is kept at a quarter of its size: small files, and how letters are smoothed does not count. */
const scale = 0.25;
/** Of 255, in one colour of a cell: less is not seen. */
const visible = 28;

export interface Difference {
  /** Share of the cells that look different, 0 to 1; undefined when there is nothing to compare with. */
  readonly share: number | undefined;
  /** The fresh picture as it is kept. */
  readonly small: Buffer;
}

/** Compares a picture with one that was kept. */
export async function difference(canvas: Canvas, fresh: Buffer, before: Buffer | undefined): Promise<Difference> {
  const { share, small } = (await canvas.evaluate(`(async () => {
    const load = (data, type = "png") => new Promise((loaded, failed) => {
      const image = new Image();
      image.onload = () => loaded(image);
      image.onerror = () => failed(new Error("no picture"));
      image.src = "data:image/" + type + ";base64," + data;
    });
    const cells = (image, scale) => {
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(image.width * scale);
      canvas.height = Math.round(image.height * scale);
      const context = canvas.getContext("2d", { willReadFrequently: true });
      context.imageSmoothingQuality = "high";
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      return { canvas, data: context.getImageData(0, 0, canvas.width, canvas.height).data };
    };
    const now = cells(await load("${fresh.toString("base64")}"), ${scale});
    const small = now.canvas.toDataURL("image/webp", 0.9).split(",")[1];
    const before = "${before?.toString("base64") ?? ""}";
    if (before === "") return { small };
    const then = cells(await load(before, "webp"), 1);
    if (then.canvas.width !== now.canvas.width || then.canvas.height !== now.canvas.height) return { small, share: 1 };
    let different = 0;
    for (let at = 0; at < now.data.length; at += 4) {
      const off = [0, 1, 2].some((colour) => Math.abs(now.data[at + colour] - then.data[at + colour]) > ${visible});
      if (off) different += 1;
    }
    return { small, share: different / (now.data.length / 4) };
  })()`)) as { share?: number; small: string };
  return { share, small: Buffer.from(small, "base64") };
}
