/** What of the admin pages is shown: the list of calls, or one of them. */
export interface AdminPlace {
  readonly reference?: string;
}

/** `/admin/calls`, `/admin/calls/K7F3QM`. */
export function placeOf(path: string): AdminPlace {
  const reference = cleaned(/^\/admin\/calls\/([^/]+)/.exec(path)?.[1] ?? "");
  return reference === "" ? {} : { reference };
}

export const pathOf = ({ reference }: AdminPlace): string =>
  reference === undefined ? "/admin/calls" : `/admin/calls/${reference}`;

/** A reference as it was read aloud or pasted: blanks and small letters do not matter. */
export const cleaned = (text: string): string =>
  decodeURIComponent(text)
    .replace(/[^\da-z]/gi, "")
    .toUpperCase()
    .slice(0, 12);

/** `K7F3QM` in two groups, as people say it. */
export const spoken = (reference: string): string => reference.replace(/^(.{3})(.{3})$/, "$1 $2");
