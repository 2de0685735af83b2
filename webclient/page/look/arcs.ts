import { css, html, LitElement } from "lit";
import type { Call } from "../../index.ts";
import "./avatar.ts";
import { words } from "../words/words.ts";
import { base } from "./styles.ts";

/** Share of the way to a higher and to a lower level in one frame: quick to rise, slow to fall. */
const attack = 0.45;
const release = 0.12;

const outer = { radius: 92, class: "theirs" } as const;
const inner = { radius: 81, class: "mine" } as const;

/** The voice as a picture: the outer arc is theirs, the inner one mine. */
export class PhoneArcs extends LitElement {
  static override properties = { call: { attribute: false }, name: {}, state: { reflect: true } };
  static override styles = [
    base,
    css`
      :host {
        width: var(--arcs, 200px);
        height: var(--arcs, 200px);
        position: relative;
      }
      svg {
        position: absolute;
        inset: 0;
        transform: rotate(-90deg);
      }
      circle {
        fill: none;
        stroke-width: 3.2;
        stroke-linecap: round;
      }
      .track {
        stroke: var(--line);
        opacity: 0.75;
      }
      .theirs {
        stroke: var(--go);
      }
      .mine {
        stroke: var(--me);
      }
      .theirs,
      .mine {
        stroke-dasharray: 100;
        stroke-dashoffset: 100;
        visibility: hidden;
      }
      phone-avatar {
        --size: calc(var(--arcs, 200px) * 0.7);
        position: absolute;
        inset: 15%;
      }
      :host([state="reconnecting"]) .theirs {
        stroke: var(--warn-text);
      }
      :host([state="reconnecting"]) .outer-track,
      :host([state="dialing"]) .outer-track,
      :host([state="ringing"]) .outer-track {
        animation: breathe 2s ease-in-out infinite;
      }
      :host([state="reconnecting"]) .outer-track {
        stroke: var(--warn-text);
      }
      :host([state="ringing"]) .outer-track {
        stroke: var(--go);
      }
      @keyframes breathe {
        50% {
          opacity: 0.25;
        }
      }
      .bars {
        display: none;
      }
      @media (prefers-reduced-motion: reduce) {
        .theirs,
        .mine {
          display: none;
        }
        .bars {
          position: absolute;
          inset: auto 25% -14px;
          display: grid;
          gap: 4px;
        }
        .bars i {
          height: 4px;
          border-radius: 2px;
          transform-origin: left;
          transform: scaleX(0);
        }
        .bars .theirs-bar {
          background: var(--go);
        }
        .bars .mine-bar {
          background: var(--me);
        }
      }
    `,
  ];

  declare call: Call | undefined;
  declare name: string;
  declare state: string;
  #frame = 0;
  #shown = { theirs: 0, mine: 0 };

  override connectedCallback(): void {
    super.connectedCallback();
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    cancelAnimationFrame(this.#frame);
  }

  override render() {
    const circle = (kind: string, radius: number) =>
      html`<svg viewBox="0 0 200 200" aria-hidden="true">
        <circle class=${kind} cx="100" cy="100" r=${radius} pathLength="100" />
      </svg>`;
    return html`${circle("track outer-track", outer.radius)}${circle("track", inner.radius)}
      ${circle(outer.class, outer.radius)}${circle(inner.class, inner.radius)}
      <phone-avatar .name=${this.name}></phone-avatar>
      <span class="bars" aria-hidden="true"><i class="theirs-bar"></i><i class="mine-bar"></i></span>
      <span class="visually-hidden" role="img" aria-label="${words.call.voices}"></span>`;
  }

  /** At display rate; touches dash offset and transform only, and nothing while both are silent. */
  #draw(): void {
    this.#frame = requestAnimationFrame(() => this.#draw());
    const { local, remote } = this.call?.levels() ?? { local: 0, remote: 0 };
    this.#follow("theirs", remote);
    this.#follow("mine", local);
  }

  #follow(side: "theirs" | "mine", level: number): void {
    const before = this.#shown[side];
    const next = before + (level - before) * (level > before ? attack : release);
    const shown = next < 0.005 ? 0 : next;
    if (shown === before) return;
    this.#shown[side] = shown;
    const arc = this.renderRoot.querySelector<SVGCircleElement>(`.${side}`);
    if (arc) {
      arc.style.strokeDashoffset = String(100 - 100 * shown);
      arc.style.visibility = shown > 0 ? "visible" : "hidden";
    }
    const bar = this.renderRoot.querySelector<HTMLElement>(`.${side}-bar`);
    if (bar) bar.style.transform = `scaleX(${shown})`;
  }
}

customElements.define("phone-arcs", PhoneArcs);
