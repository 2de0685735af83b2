/** Colours to draw with, as they are on white paper. */
export const inks = ["#1d1c17", "#c72122", "#b45309", "#007742", "#2e5bb4", "#6b3fb5", "#b0306f", "#5e5c55"] as const;
export type Ink = (typeof inks)[number];

/** Widths of lines, and how high letters are that are written with them; in pixels of the board. */
export const widths = [2, 4, 8, 16] as const;
export const letterHeight: Readonly<Record<number, number>> = { 2: 16, 4: 24, 8: 36, 16: 56 };
