import type { Party } from "../call/leg.ts";
import type { PlayerProgram } from "../call/player-leg.ts";

/** Numbers that every gateway has, reachable without rights: to try a phone, a page or a trunk. */
export const testNumbers = [
  { number: "600", text: "Echo: you hear yourself" },
  { number: "601", text: "A tone of 1 kHz" },
  { number: "602", text: "Your own number as DTMF tones" },
] as const;

/** What a test number plays to `caller`; undefined when it is none. */
export function testNumberOf(number: string, caller: Party): PlayerProgram | undefined {
  if (number === "600") return { echo: true };
  if (number === "601") return { tone: 1000 };
  if (number === "602") return { digits: digitsOf(caller) };
  return undefined;
}

/** The caller's number; a name without digits is spelled on the letters of a telephone keypad (ITU-T E.161). */
function digitsOf({ address }: Party): string {
  const text =
    "tel" in address
      ? address.tel
      : "user" in address
        ? (address.user.split("@")[0] ?? "")
        : address.sip.replace(/^sips?:|@.*$/gi, "");
  const digits = text.replace(/\D/g, "");
  return digits === "" ? spell(text) : digits;
}

const keypad: Readonly<Record<string, string>> = {
  abc: "2",
  def: "3",
  ghi: "4",
  jkl: "5",
  mno: "6",
  pqrs: "7",
  tuv: "8",
  wxyz: "9",
};

function spell(name: string): string {
  const keyOf = (letter: string): string =>
    Object.entries(keypad).find(([letters]) => letters.includes(letter))?.[1] ?? "";
  return [...name.toLowerCase()].map(keyOf).join("") || "0";
}
