import { html, nothing, type TemplateResult } from "lit";
import { icon } from "./icons.ts";

export interface SearchField {
  readonly label: string;
  readonly text: string;
  /** The text is another one. */
  readonly changed: (text: string) => void;
  readonly maxLength?: number;
  /** Enter does more than to search on. */
  readonly submit?: (event: Event) => void;
  readonly key?: (event: KeyboardEvent) => void;
  /** Stands at its end. */
  readonly after?: unknown;
}

const stay = (event: Event): void => event.preventDefault();

/** A field that finds while one types. Its style is in `fields`. */
export const searchField = ({ label, text, changed, maxLength, submit, key, after }: SearchField): TemplateResult =>
  html`<form class="search" role="search" aria-label=${label} @submit=${submit ?? stay}>
    ${icon("search", 20)}
    <input
      type="search"
      enterkeyhint=${submit ? "go" : "search"}
      autocomplete="off"
      autocapitalize="none"
      spellcheck="false"
      maxlength=${maxLength ?? nothing}
      aria-label=${label}
      placeholder=${label}
      .value=${text}
      @input=${(event: InputEvent) => changed((event.target as HTMLInputElement).value)}
      @keydown=${key ?? nothing}
    />
    ${after ?? nothing}
  </form>`;
