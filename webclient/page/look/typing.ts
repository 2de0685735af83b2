/** The element that has the focus, through all shadow roots. */
export function focused(root: DocumentOrShadowRoot): Element | null {
  const { activeElement } = root;
  return activeElement?.shadowRoot ? focused(activeElement.shadowRoot) : activeElement;
}

const takesText = "textarea, select, [contenteditable], input:not([type=checkbox], [type=range], [type=button])";

/** Whether keys go into a field now. */
export const typesText = (root: DocumentOrShadowRoot): boolean => focused(root)?.matches(takesText) ?? false;

/** Whether Space or Enter would press what has the focus. */
export const pressesControl = (root: DocumentOrShadowRoot): boolean =>
  focused(root)?.matches("button, a[href], input, select, summary") ?? false;
