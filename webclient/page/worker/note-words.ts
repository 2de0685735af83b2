import type { PushLanguage } from "../../../gateway/protocol/push-values.ts";

/**
 * What notifications say while no page is open. The service worker is one file that shares nothing with the page: these
 * few words stand here, and nowhere else.
 */
interface NoteWords {
  calling(name: string): string;
  missed(name: string): string;
  readonly answer: string;
  readonly decline: string;
  readonly message: string;
  files(count: number): string;
  said(name: string, text: string): string;
}

export const noteWords: Readonly<Record<PushLanguage, NoteWords>> = {
  en: {
    calling: (name) => `${name} is calling`,
    missed: (name) => `Missed call from ${name}`,
    answer: "Answer",
    decline: "Decline",
    message: "New message",
    files: (count) => (count === 1 ? "Sent a file" : `Sent ${count} files`),
    said: (name, text) => `${name}: ${text}`,
  },
  fr: {
    calling: (name) => `${name} appelle`,
    missed: (name) => `Appel manqué de ${name}`,
    answer: "Répondre",
    decline: "Refuser",
    message: "Nouveau message",
    files: (count) => (count === 1 ? "A envoyé un fichier" : `A envoyé ${count} fichiers`),
    said: (name, text) => `${name} : ${text}`,
  },
};
