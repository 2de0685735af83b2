const places = (id: string): HTMLElement => {
  const found = document.getElementById(id);
  if (!found) throw new Error(`There is no element with the id ${id}.`);
  return found;
};

/** Shows a stream. The element is silent in any case: the library plays the sound of calls, once. */
export function attachMediaStream(element: HTMLMediaElement, stream: MediaStream): void {
  element.muted = true;
  element.autoplay = true;
  element.srcObject = stream;
}

/** Puts an element for a stream into the element with the id `divId`. */
export function addStreamInDiv(
  stream: MediaStream,
  callType: string,
  divId: string,
  elementId: string,
  style: Readonly<Record<string, string>> = {},
): void {
  const element = document.createElement(callType === "audio" ? "audio" : "video");
  element.id = elementId;
  Object.assign(element.style, style);
  attachMediaStream(element, stream);
  places(divId).append(element);
}

export function removeElementFromDiv(_divId: string, elementId: string): void {
  document.getElementById(elementId)?.remove();
}
