import type { AsYouType, CountryCode, PhoneNumber, parsePhoneNumberFromString } from "libphonenumber-js/min";
import { LiveObject } from "../../live.ts";

/** The numbering plans of all countries: big, so that they are fetched when the page stands already. */
interface Plans {
  readonly AsYouType: typeof AsYouType;
  readonly parse: typeof parsePhoneNumberFromString;
}

/** Shorter ones are the gateway's own or a service's: no country has a way to write them. */
const dialable = /^\+?\d{5,}$/;

/** Groups for the eye until the plans are there: pairs after a 0, else threes. */
export function simpleGroups(number: string): string {
  if (!/^\+?\d{5,}$/.test(number)) return number;
  if (/^0\d{5,9}$/.test(number)) return number.replace(/(\d\d)(?=\d)/g, "$1 ");
  const [, prefix = "", digits = ""] = /^(\+\d\d)?(\d+)$/.exec(number) ?? [];
  const groups = digits.replace(/(\d{3})(?=\d{3})/g, "$1 ");
  return [prefix, groups].filter(Boolean).join(" ");
}

/** Telephone numbers as their countries write them. Changes once, when the plans have come. */
export class PhoneNumbers extends LiveObject<{ readonly plans: Plans | undefined }, Record<never, never>> {
  #home: CountryCode | undefined;

  constructor() {
    super({ plans: undefined });
  }

  /** `home`: the country, such as `FR`, whose numbers are dialled without prefix. Without network it stays simple. */
  async load(home: string | undefined): Promise<void> {
    this.#home = home as CountryCode | undefined;
    const fetched = await import("libphonenumber-js/min").catch(() => undefined);
    if (fetched) this.update({ plans: { AsYouType: fetched.AsYouType, parse: fetched.parsePhoneNumberFromString } });
  }

  /** Grouped as it is typed; what is no number stays as it is. */
  group(text: string): string {
    if (!dialable.test(text)) return text;
    const { plans } = this.view();
    const grouped = plans ? new plans.AsYouType(this.#home).input(text) : text;
    return grouped === text ? simpleGroups(text) : grouped;
  }

  /** ISO code of the country that a number belongs to, as far as it can be told. */
  country(number: string): string | undefined {
    return this.#possible(number)?.country;
  }

  /** The same number in its one international form, so that `06…` and `+336…` are found to be equal. */
  canonical(number: string): string {
    return this.#possible(number)?.number ?? number;
  }

  /** Read as a number of its country; undefined for a short one that only this gateway knows. */
  #possible(number: string): PhoneNumber | undefined {
    const parsed = dialable.test(number) ? this.view().plans?.parse(number, this.#home) : undefined;
    return parsed?.isPossible() ? parsed : undefined;
  }
}

/** The country of a browser that says `fr-FR`, or of most who speak `fr`. */
export function homeCountry(tag: string): string | undefined {
  try {
    return new Intl.Locale(tag).maximize().region;
  } catch {
    return undefined;
  }
}
