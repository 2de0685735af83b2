import type { CallStory, Lane, Step } from "../../../gateway/protocol/call-story.ts";

/** The call as plain text, for whatever ticket system there is. `address`: of this page. */
export function ticketText(story: CallStory, address: string): string {
  const { reference, from, to, at, verdict, media, outcome, steps, lanes } = story;
  return [
    `Call ${reference}: ${from} -> ${to}, ${new Date(at).toISOString()}`,
    address,
    "",
    verdict.title,
    verdict.text,
    ...verdict.advice.map((advice) => `- ${advice}`),
    "",
    ...(outcome ? [`Ended by ${outcome.by}: ${outcome.cause}${outcome.sip ? `, SIP ${outcome.sip}` : ""}`] : []),
    ...media.map(({ name, value }) => `${name}: ${value}`),
    "",
    ...steps.map((step) => `${(step.ms / 1000).toFixed(3).padStart(8)}  ${stepText(step, lanes)}`),
    "",
  ].join("\n");
}

/** `Gateway → Trunk B: INVITE` */
export function stepText({ from, to, label }: Step, lanes: readonly Lane[]): string {
  const name = (lane: number): string => lanes[lane]?.name ?? "";
  return from === to ? `${name(from)}: ${label}` : `${name(from)} → ${name(to)}: ${label}`;
}
