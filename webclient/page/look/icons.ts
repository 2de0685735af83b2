import { html, svg, type TemplateResult } from "lit";

/** Drawn on a grid of 24, strokes of 1.75, round ends. */
const shapes = {
  clock: svg`<circle cx="12" cy="12" r="8.200"/><path d="M12 7.200V12l3.200 2"/>`,
  settings: svg`<path d="M5 8h9M18 8h1M5 16h1M10 16h9"/><circle cx="16" cy="8" r="2"/><circle cx="8" cy="16" r="2"/>`,
  incoming: svg`<path d="M17.500 6.500 7 17M7 9v8h8"/>`,
  outgoing: svg`<path d="M6.500 17.500 17 7M9 7h8v8"/>`,
  missed: svg`<path d="m5 8 6.500 6.500L19 7M19 12V7h-5"/>`,
  back: svg`<path d="m14.500 6-6 6 6 6"/>`,
  next: svg`<path d="m9.500 6 6 6-6 6"/>`,
  plus: svg`<path d="M12 5.500v13M5.500 12h13"/>`,
  board: svg`<rect x="3.500" y="4.500" width="17" height="12" rx="2.200"/><path d="M7 12.500c1.500-3 2.700-3 3.500-1s2 1.500 3-.500 2-2.500 3.500-2.500M9.500 20l2.500-3.500 2.500 3.500"/>`,
  line: svg`<path d="M5 19 19 5"/>`,
  arrow: svg`<path d="M5 19 19 5M9.500 5H19v9.500"/>`,
  rectangle: svg`<rect x="4" y="6" width="16" height="12" rx="1"/>`,
  ellipse: svg`<ellipse cx="12" cy="12" rx="8.500" ry="6.500"/>`,
  letters: svg`<path d="M5.500 7.500v-2h13v2M12 5.500v13M9.500 18.500h5"/>`,
  image: svg`<rect x="3.500" y="5" width="17" height="14" rx="2.200"/><circle cx="9" cy="10" r="1.700"/><path d="m5 18 5-4.500 2.500 2 3.500-3.500 4 4"/>`,
  eraser: svg`<path d="m8.500 19-4-4a1.800 1.800 0 0 1 0-2.600l7.900-7.900a1.800 1.800 0 0 1 2.600 0l4.500 4.500a1.800 1.800 0 0 1 0 2.600L12 19zM8.200 8.700l7.100 7.100M12 19h7.500"/>`,
  laser: svg`<path d="m4.500 19.500 7.500-7.500"/><circle cx="15.500" cy="8.500" r="1.800"/><path d="M15.500 3.500v1.200M15.500 12.300v1.200M10.500 8.500h1.200M19.300 8.500h1.200M12 5l.8.8M18.200 11.200l.8.800M19 5l-.8.800"/>`,
  hand: svg`<path d="M8 12.500V6.200a1.400 1.400 0 0 1 2.800 0v-1a1.400 1.400 0 0 1 2.800 0v1a1.400 1.400 0 0 1 2.800 0v2a1.400 1.400 0 0 1 2.800 0v5.300c0 4-2.300 6.500-6 6.500-2.700 0-4.300-1-5.700-3.300L4.700 12.800a1.400 1.400 0 0 1 2.300-1.600z"/><path d="M10.800 6.200v4.300M13.600 6.200v4.300M16.400 8.200v2.300"/>`,
  undo: svg`<path d="M8.500 5 4.500 9l4 4M4.500 9h9a5.200 5.200 0 0 1 0 10.400H9"/>`,
  redo: svg`<path d="m15.500 5 4 4-4 4M19.500 9h-9a5.200 5.200 0 0 0 0 10.400H15"/>`,
  more: svg`<g fill="currentColor" stroke="none"><circle cx="5.500" cy="12" r="1.700"/><circle cx="12" cy="12" r="1.700"/><circle cx="18.500" cy="12" r="1.700"/></g>`,
  minus: svg`<path d="M5.500 12h13"/>`,
  fit: svg`<path d="M4.500 9V6.500a2 2 0 0 1 2-2H9M15 4.500h2.500a2 2 0 0 1 2 2V9M19.500 15v2.500a2 2 0 0 1-2 2H15M9 19.500H6.500a2 2 0 0 1-2-2V15"/>`,
  dots: svg`<g fill="currentColor" stroke="none">${[6, 12, 18].map((y) => [6, 12, 18].map((x) => svg`<circle cx=${x} cy=${y} r="1"/>`))}</g>`,
  grid: svg`<path d="M4 9h16M4 15h16M9 4v16M15 4v16"/>`,
  lines: svg`<path d="M4 7h16M4 12h16M4 17h16"/>`,
  pen: svg`<path d="m5 19 .8-3.600L15.500 5.700a2 2 0 0 1 2.800 2.800L8.600 18.200z"/>`,
  bin: svg`<path d="M5 7h14M9.500 7V5h5v2M7 7l.8 12h8.400L17 7"/>`,
  link: svg`<path d="M10 14a3.500 3.500 0 0 0 5 0l3.500-3.500a3.500 3.500 0 0 0-5-5L12 7M14 10a3.500 3.500 0 0 0-5 0l-3.500 3.500a3.500 3.500 0 0 0 5 5L12 17"/>`,
  import: svg`<path d="M12 4v10M8 10.500l4 4 4-4M5 19h14"/>`,
  bellOff: svg`<path d="M8 6.500a6 6 0 0 1 10 4.500v4.500M6 10.500v6l-1.500 2h13M10 20.500h4M4 4l16 16"/>`,
  bell: svg`<path d="M6 16.500V11a6 6 0 0 1 12 0v5.500l1.500 2h-15zM10 20.500h4"/>`,
  sun: svg`<circle cx="12" cy="12" r="3.600"/><path d="M12 3.500v2M12 18.500v2M3.500 12h2M18.500 12h2M6 6l1.400 1.400M16.600 16.600 18 18M18 6l-1.400 1.400M7.400 16.600 6 18"/>`,
  keyboard: svg`<rect x="3.500" y="6.500" width="17" height="11" rx="2.200"/><path d="M7 10h.2M10.300 10h.2M13.600 10h.2M17 10h.2M8.500 14h7"/>`,
  wire: svg`<path d="M4 12h3.500l2-5.500 4 11 2.200-5.500H20"/>`,
  window: svg`<rect x="3.500" y="5.500" width="17" height="13" rx="2.200"/><rect x="12" y="11.500" width="6" height="4.500" rx="1"/>`,
  key: svg`<circle cx="8" cy="14.500" r="3.800"/><path d="m10.800 11.800 7.700-7.300M15.500 7.500l2.500 2.500"/>`,
  story: svg`<path d="M6 4.500v15M18 4.500v15M6 8.500h9.500M13 6l2.800 2.500L13 11M18 15.500H8.500M11 13l-2.800 2.500L11 18"/>`,
  eye: svg`<path d="M3 12c2.500-4.300 5.500-6.300 9-6.300s6.500 2 9 6.300c-2.500 4.300-5.500 6.300-9 6.300S5.500 16.300 3 12z"/><circle cx="12" cy="12" r="2.600"/>`,
  person: svg`<circle cx="12" cy="8.200" r="3.700"/><path d="M4.800 19.500c1-3.600 3.800-5.500 7.200-5.500s6.200 1.900 7.200 5.500"/>`,
  pad: svg`<g fill="currentColor" stroke="none">${[5.5, 12, 18.5].map((y) =>
    [6, 12, 18].map((x) => svg`<circle cx=${x} cy=${y} r="1.700"/>`),
  )}</g>`,
  sound: svg`<path d="M5 8h9M18 8h1M5 16h1M10 16h9"/><circle cx="16" cy="8" r="2"/><circle cx="8" cy="16" r="2"/>`,
  call: svg`<path d="M7.200 3.800 9.300 4l1.500 4-2 1.900a12.500 12.500 0 0 0 5.300 5.300l1.900-2 4 1.500.2 2.100c.1 1.900-1.400 3.400-3.300 3.400C10.300 20.200 3.800 13.700 3.800 7.100c0-1.900 1.500-3.400 3.400-3.300z"/>`,
  hangUp: svg`<path d="M2.800 13.800c5.100-5 13.300-5 18.400 0l-1.600 3.400-4.400-1.400-.3-2.700a11 11 0 0 0-5.800 0l-.3 2.700-4.400 1.400z"/>`,
  microphone: svg`<rect x="9" y="3.200" width="6" height="11" rx="3"/><path d="M5.500 11.500a6.500 6.500 0 0 0 13 0M12 18v2.800"/>`,
  microphoneOff: svg`<path d="M15 10.500V6.200a3 3 0 0 0-5.900-.7M9 9.500v1.700a3 3 0 0 0 4.600 2.500M5.500 11.500a6.500 6.500 0 0 0 10.300 5.300M18.500 11.500c0 .9-.2 1.800-.5 2.600M12 18v2.800M4 4l16 16"/>`,
  down: svg`<path d="m6 9.500 6 6 6-6"/>`,
  copy: svg`<rect x="8.500" y="8.500" width="11" height="11" rx="2.200"/><path d="M15.500 8.500V6.700a2.200 2.200 0 0 0-2.200-2.200H6.700a2.200 2.200 0 0 0-2.200 2.200v6.600a2.200 2.200 0 0 0 2.200 2.200h1.800"/>`,
  chat: svg`<path d="M5.500 5.500h13a1.800 1.800 0 0 1 1.800 1.800v8a1.800 1.800 0 0 1-1.800 1.800H10l-4.500 3.400v-3.400a1.800 1.800 0 0 1-1.800-1.800v-8a1.800 1.800 0 0 1 1.800-1.800z"/>`,
  clip: svg`<path d="m18.500 11-6.800 6.800a4 4 0 0 1-5.700-5.700l7.300-7.200a2.700 2.700 0 0 1 3.800 3.800l-7.200 7.200a1.300 1.300 0 0 1-1.900-1.900l6.300-6.300"/>`,
  file: svg`<path d="M7 3.800h6.500L18 8.300v10.400a1.500 1.500 0 0 1-1.500 1.500H7a1.500 1.500 0 0 1-1.500-1.500V5.300A1.500 1.500 0 0 1 7 3.800z"/><path d="M13.200 4v4.500H18"/>`,
  send: svg`<path d="M4.500 5.500 20 12 4.500 18.500 7 12zM7 12h6"/>`,
  checks: svg`<path d="m2.500 12.500 4 4L15 7.500M11.500 15.500l1 1L21.500 7.500"/>`,
  people: svg`<circle cx="9" cy="8.700" r="3.200"/><path d="M3 18.500c.800-3 3.100-4.700 6-4.700s5.200 1.700 6 4.700M15.500 5.800a3.200 3.200 0 0 1 0 5.800M17.500 14.300c1.800.7 3 2.100 3.500 4.200"/>`,
  check: svg`<path d="m5 12.500 4.500 4.500L19 7.500"/>`,
  close: svg`<path d="m6.500 6.500 11 11M17.500 6.500l-11 11"/>`,
  erase: svg`<path d="M9 5.500h9.500a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H9L3 12z"/><path d="m11 9.500 5 5M16 9.500l-5 5"/>`,
  search: svg`<circle cx="11" cy="11" r="6.200"/><path d="m15.700 15.700 4 4"/>`,
  warning: svg`<path d="M12 4.200 20.800 19H3.200z"/><path d="M12 10v4M12 16.600v.2"/>`,
  lock: svg`<rect x="5.500" y="10.500" width="13" height="9.500" rx="2.200"/><path d="M8.500 10.500V8a3.500 3.500 0 0 1 7 0v2.500"/>`,
  pause: svg`<path d="M9 6.500v11M15 6.500v11"/>`,
  speaker: svg`<path d="M4.500 9.500v5H8l4.500 4v-13L8 9.500z"/><path d="M16 9.200a4 4 0 0 1 0 5.600M18.600 6.800a7.500 7.500 0 0 1 0 10.400"/>`,
  leave: svg`<path d="M14 4.500H7a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2h7M10.500 12H20M16.500 8.500 20 12l-3.500 3.500"/>`,
} as const;

export type IconName = keyof typeof shapes;

export const icon = (name: IconName, size = 22): TemplateResult =>
  html`<svg
    class="icon"
    viewBox="0 0 24 24"
    width=${size}
    height=${size}
    fill="none"
    stroke="currentColor"
    stroke-width="1.75"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    ${shapes[name]}
  </svg>`;
