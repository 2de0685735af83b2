// What components take for their look, each part by itself.
export { base } from "./styles/base.ts";
export { buttons } from "./styles/buttons.ts";
export { headings, listHead, rows } from "./styles/lists.ts";
export { fields } from "./styles/fields.ts";
export { chips, pane } from "./styles/pieces.ts";
