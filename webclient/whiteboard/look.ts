/** How a board looks: light as it is drawn by default. */
export interface Look {
  readonly paper: string;
  /** Of dots, grid and lines. */
  readonly rule: string;
  /** What a colour of an element is shown as, such as a lighter one on dark paper. */
  ink(color: string): string;
}

export const lightLook: Look = { paper: "#ffffff", rule: "#dddcd8", ink: (color) => color };

/** Dark paper: what is dark on white becomes as light, in its own hue. */
export const darkLook: Look = { paper: "#16191d", rule: "#2f3339", ink: (color) => lightened(color) };

/** Between the lines of paper, in pixels of the board. */
export const ruling = 24;

export const textFont = (size: number): string => `${size}px "Inter Variable", system-ui, sans-serif`;

function lightened(color: string): string {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255);
  const [high, low] = [Math.max(r, g, b), Math.min(r, g, b)];
  const light = (high + low) / 2;
  // HSL: the same hue and saturation, the lightness turned over, nothing darker than can be read.
  const turned = Math.max(0.58, 1 - light * 0.92);
  const chroma = high === low ? 0 : ((high - low) / (1 - Math.abs(2 * light - 1))) * (1 - Math.abs(2 * turned - 1));
  const scaled = (part: number): number =>
    high === low ? turned : turned + chroma * ((part - low) / (high - low) - 0.5);
  return `#${[r, g, b]
    .map((part) =>
      Math.round(Math.min(1, Math.max(0, scaled(part))) * 255)
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}
