import type { CallView, EndReason, ErrorCode } from "../index.ts";

/** All that the elements say. */
export interface Words {
  readonly call: string;
  readonly callAgain: string;
  readonly answer: string;
  readonly decline: string;
  readonly end: string;
  readonly mute: string;
  readonly keypad: string;
  readonly keys: Readonly<Record<string, string>>;
  readonly clear: string;
  readonly dial: string;
  readonly dialHint: string;
  readonly incoming: string;
  readonly unknown: string;
  readonly connecting: string;
  readonly reconnecting: string;
  readonly closed: string;
  readonly people: string;
  readonly nobody: string;
  readonly states: Readonly<Record<CallView["state"], string>>;
  readonly held: string;
  readonly ends: Readonly<Record<EndReason, string>>;
  readonly hungUp: string;
  readonly reference: string;
  readonly problems: Partial<Readonly<Record<ErrorCode, string>>>;
  readonly callMe: string;
  readonly callMeOffer: string;
  readonly callMeWhy: string;
  readonly yourNumber: string;
  readonly yourPhone: string;
  readonly notReached: string;
  readonly sound: string;
  readonly microphone: string;
  readonly speaker: string;
  readonly ringer: string;
  readonly standard: string;
  readonly noChoice: string;
}

const english: Words = {
  call: "Call us",
  callAgain: "Call again",
  answer: "Answer",
  decline: "Decline",
  end: "End call",
  mute: "Mute",
  keypad: "Keypad",
  keys: { "*": "star", "#": "pound" },
  clear: "Delete the last digit",
  dial: "Call",
  dialHint: "Number, name or address",
  incoming: "Incoming call",
  unknown: "Unknown caller",
  connecting: "Connecting …",
  reconnecting: "The connection is lost. Trying again …",
  closed: "Not connected.",
  people: "Who is there",
  nobody: "Nobody is there right now.",
  states: {
    offered: "is calling",
    dialing: "Calling …",
    ringing: "Ringing …",
    connected: "Connected",
    reconnecting: "The sound is interrupted …",
    ended: "Call ended",
  },
  held: "On hold",
  ends: {
    normal: "The call has ended.",
    busy: "They are on another call. Try again in a while.",
    declined: "They declined the call.",
    "no-answer": "Nobody answered. Try again later.",
    "not-found": "Nobody has this name or number.",
    unavailable: "They cannot be reached right now.",
    "not-allowed": "This may not be called from here.",
    "answered-elsewhere": "Answered on another device.",
    cancelled: "The caller hung up.",
    moved: "The call went on on another device.",
    "media-failed": "The sound could not be set up.",
    "network-lost": "The connection was lost.",
    "blocked-number": "The call was blocked on the way.",
    "emergency-not-supported": "This phone cannot reach emergency services. Use a mobile phone.",
    "time-limit": "The time for this call was up.",
    overload: "Too many calls right now. Try again in a moment.",
    "server-error": "Something failed on our side. Try again.",
  },
  hungUp: "They hung up.",
  reference: "Reference",
  problems: {
    "insecure-context": "The microphone works only on pages with https.",
    "microphone-denied": "The microphone is switched off for this page. Allow it in the address bar, then call again.",
    "microphone-missing": "No microphone was found.",
    "microphone-busy": "Another program uses the microphone.",
    "playback-blocked": "Click to hear the call.",
    "token-expired": "The sign-in has expired.",
    "token-refused": "The sign-in is not accepted.",
    "origin-refused": "This page may not make calls.",
    "not-allowed": "This may not be called from here.",
    "bad-target": "That is not a number or address.",
    unreachable: "The telephone service does not answer. Try again in a moment.",
    "ice-failed": "No sound can pass on this network.",
    unavailable: "Nobody is there to take it.",
    "rate-limited": "That was too often. Try again in a while.",
    unsupported: "This browser cannot make calls.",
  },
  callMe: "Call me",
  callMeOffer: "We can call you on your telephone instead.",
  callMeWhy: "This browser has no microphone for calls.",
  yourNumber: "Your telephone number",
  yourPhone: "Your telephone rings: pick it up.",
  notReached: "Your telephone could not be reached. Check the number.",
  sound: "Sound",
  microphone: "Microphone",
  speaker: "Loudspeaker",
  ringer: "Ring on",
  standard: "Standard",
  noChoice: "The system chooses",
};

const french: Words = {
  call: "Nous appeler",
  callAgain: "Rappeler",
  answer: "Répondre",
  decline: "Refuser",
  end: "Raccrocher",
  mute: "Couper le micro",
  keypad: "Clavier",
  keys: { "*": "étoile", "#": "dièse" },
  clear: "Effacer le dernier chiffre",
  dial: "Appeler",
  dialHint: "Numéro, nom ou adresse",
  incoming: "Appel entrant",
  unknown: "Appelant inconnu",
  connecting: "Connexion …",
  reconnecting: "Connexion perdue. Nouvel essai …",
  closed: "Non connecté.",
  people: "Qui est là",
  nobody: "Personne n’est là pour le moment.",
  states: {
    offered: "vous appelle",
    dialing: "Appel en cours …",
    ringing: "Ça sonne …",
    connected: "En communication",
    reconnecting: "Le son est interrompu …",
    ended: "Appel terminé",
  },
  held: "En attente",
  ends: {
    normal: "L’appel est terminé.",
    busy: "La ligne est occupée. Réessayez dans un moment.",
    declined: "L’appel a été refusé.",
    "no-answer": "Personne n’a répondu. Réessayez plus tard.",
    "not-found": "Personne n’a ce nom ou ce numéro.",
    unavailable: "Injoignable pour le moment.",
    "not-allowed": "Cet appel n’est pas permis d’ici.",
    "answered-elsewhere": "Répondu sur un autre appareil.",
    cancelled: "L’appelant a raccroché.",
    moved: "L’appel continue sur un autre appareil.",
    "media-failed": "Le son n’a pas pu être établi.",
    "network-lost": "La connexion a été perdue.",
    "blocked-number": "L’appel a été bloqué en chemin.",
    "emergency-not-supported": "Ce téléphone ne joint pas les urgences. Prenez un téléphone mobile.",
    "time-limit": "La durée de cet appel est écoulée.",
    overload: "Trop d’appels en ce moment. Réessayez dans un instant.",
    "server-error": "Une erreur est survenue chez nous. Réessayez.",
  },
  hungUp: "Votre correspondant a raccroché.",
  reference: "Référence",
  problems: {
    "insecure-context": "Le micro ne marche que sur les pages en https.",
    "microphone-denied": "Le micro est coupé pour cette page. Autorisez-le dans la barre d’adresse, puis rappelez.",
    "microphone-missing": "Aucun micro n’a été trouvé.",
    "microphone-busy": "Un autre programme utilise le micro.",
    "playback-blocked": "Cliquez pour entendre l’appel.",
    "token-expired": "La session a expiré.",
    "token-refused": "La connexion n’est pas acceptée.",
    "origin-refused": "Cette page ne peut pas appeler.",
    "not-allowed": "Cet appel n’est pas permis d’ici.",
    "bad-target": "Ce n’est ni un numéro ni une adresse.",
    unreachable: "Le service téléphonique ne répond pas. Réessayez dans un instant.",
    "ice-failed": "Le son ne passe pas sur ce réseau.",
    unavailable: "Personne n’est là pour le recevoir.",
    "rate-limited": "C’était trop souvent. Réessayez dans un moment.",
    unsupported: "Ce navigateur ne peut pas appeler.",
  },
  callMe: "Rappelez-moi",
  callMeOffer: "Nous pouvons vous appeler sur votre téléphone.",
  callMeWhy: "Ce navigateur n’a pas de micro pour appeler.",
  yourNumber: "Votre numéro de téléphone",
  yourPhone: "Votre téléphone sonne : décrochez.",
  notReached: "Votre téléphone n’a pas pu être joint. Vérifiez le numéro.",
  sound: "Son",
  microphone: "Micro",
  speaker: "Haut-parleur",
  ringer: "Sonner sur",
  standard: "Standard",
  noChoice: "Choix du système",
};

/** The words for a language tag (RFC 5646). */
export const wordsFor = (language: string): Words => (/^fr\b/i.test(language) ? french : english);

/** The language of the page around an element: the nearest `lang`, through shadow roots, else the browser's. */
export function languageOf(element: Element): string {
  const near = element.closest<HTMLElement>("[lang]")?.lang;
  if (near) return near;
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? languageOf(root.host) : navigator.language;
}
