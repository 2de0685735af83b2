import { Type } from "@sinclair/typebox";
import { GroupName, MessageId, MessageText, Recipient } from "../message-values.ts";
import { Address, SavedContact, Text } from "../values.ts";
import { limits } from "../version.ts";
import { fields, nothing, type Operation } from "./operation.ts";

const User = Type.String({
  pattern: "^[A-Za-z0-9._~!$&'*+=-]{1,64}@[A-Za-z0-9.-]{1,190}$",
  description: "name@domain of a user of the key's domain",
});
const Password = Type.String({ minLength: 8, maxLength: 1024 });
const ofUser = fields({ user: User });
const ofContact = fields({ user: User, contactId: SavedContact.properties.contactId });
const { contactId: _named, ...contact } = SavedContact.properties;

/** All that servers can ask for, by the name that the OpenAPI document gives it. */
export const operations = {
  issueToken: {
    method: "POST",
    path: "/tokens",
    right: "tokens",
    summary: "Gives a token that opens sessions of a user; the user needs no account, and is a plain user",
    params: nothing,
    query: nothing,
    body: fields({
      user: User,
      name: Type.Optional(Text(limits.displayName)),
      calls: Type.Optional(
        Type.Array(Type.String({ minLength: 1, maxLength: 256 }), {
          maxItems: 100,
          description: "What may be called, as patterns such as `user:*`, `tel:+33*`, `sip:*@example.org`",
        }),
      ),
      lifeMs: Type.Optional(
        Type.Integer({
          minimum: 1_000,
          maximum: 86_400_000,
          description: "Milliseconds; default auth.tokenLife, at most auth.maxLife",
        }),
      ),
    }),
    status: 201,
    answer: "GivenToken",
    problems: ["not-found"],
  },
  listAccounts: {
    method: "GET",
    path: "/accounts",
    right: "accounts",
    summary: "Accounts of the domain, by name",
    params: nothing,
    query: fields({
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, description: "Default 100" })),
      after: Type.Optional(Type.String({ ...User, description: "The last user of the list before" })),
    }),
    status: 200,
    answer: "AccountList",
    problems: [],
  },
  createAccount: {
    method: "POST",
    path: "/accounts",
    right: "accounts",
    summary: "Makes an account, which is kept over a restart; of passwords only hashes are",
    params: nothing,
    query: nothing,
    body: fields({
      user: User,
      name: Type.Optional(Text(limits.displayName)),
      numbers: Type.Optional(Type.Array(Type.String({ pattern: "^\\+?[0-9]{2,32}$" }), { maxItems: 20 })),
      password: Type.Optional(Type.String({ ...Password, description: "For the page" })),
      sipPassword: Type.Optional(Type.String({ ...Password, description: "For softphones" })),
    }),
    status: 201,
    answer: "AccountInfo",
    problems: ["not-found", "conflict"],
  },
  showAccount: {
    method: "GET",
    path: "/accounts/{user}",
    right: "accounts",
    summary: "One account",
    params: ofUser,
    query: nothing,
    status: 200,
    answer: "AccountInfo",
    problems: ["not-found"],
  },
  removeAccount: {
    method: "DELETE",
    path: "/accounts/{user}",
    right: "accounts",
    summary: "Takes an account out and closes its sessions; one of the configuration file stays (conflict)",
    params: ofUser,
    query: nothing,
    status: 204,
    problems: ["not-found", "conflict"],
  },
  listContacts: {
    method: "GET",
    path: "/users/{user}/contacts",
    right: "contacts",
    summary: "A user's own address book",
    params: ofUser,
    query: nothing,
    status: 200,
    answer: "ContactList",
    problems: ["not-found"],
  },
  putContact: {
    method: "PUT",
    path: "/users/{user}/contacts/{contactId}",
    right: "contacts",
    summary: "Puts a whole contact into a user's address book, new or in place of the one of that id",
    params: ofContact,
    query: nothing,
    body: fields(contact),
    status: 200,
    answer: "SavedContact",
    problems: ["not-found"],
  },
  removeContact: {
    method: "DELETE",
    path: "/users/{user}/contacts/{contactId}",
    right: "contacts",
    summary: "Takes a contact out of a user's address book",
    params: ofContact,
    query: nothing,
    status: 204,
    problems: ["not-found"],
  },
  listSessions: {
    method: "GET",
    path: "/sessions",
    right: "sessions",
    summary: "Signed-in pages of the domain, or of one user",
    params: nothing,
    query: fields({ user: Type.Optional(User) }),
    status: 200,
    answer: "SessionList",
    problems: ["not-found"],
  },
  endSession: {
    method: "DELETE",
    path: "/sessions/{sessionId}",
    right: "sessions",
    summary: "Signs a page out; its calls end",
    params: fields({ sessionId: Type.String({ minLength: 1, maxLength: 64, pattern: "^[\\w-]+$" }) }),
    query: nothing,
    status: 204,
    problems: ["not-found"],
  },
  sendMessage: {
    method: "POST",
    path: "/messages",
    right: "messages",
    summary: "Sends a message in a user's name; the same messageId again is the same message, and sent once",
    params: nothing,
    query: nothing,
    body: fields({ from: User, to: Recipient, text: MessageText, messageId: MessageId }),
    status: 200,
    answer: "MessageInfo",
    problems: ["not-found", "bad-target", "too-large", "unavailable"],
  },
  createGroup: {
    method: "POST",
    path: "/groups",
    right: "groups",
    summary: "Makes a group (a room for messages and data); its owner is in it, the others are invited",
    params: nothing,
    query: nothing,
    body: fields({
      owner: User,
      name: GroupName,
      users: Type.Array(Address, { maxItems: limits.members - 1 }),
    }),
    status: 201,
    answer: "GroupInfo",
    problems: ["not-found", "bad-target", "unavailable"],
  },
  listCalls: {
    method: "GET",
    path: "/calls",
    right: "calls",
    summary: "Calls of the domain that are not over",
    params: nothing,
    query: nothing,
    status: 200,
    answer: "OpenCallList",
    problems: [],
  },
  endCall: {
    method: "DELETE",
    path: "/calls/{reference}",
    right: "calls",
    summary: "Ends a call for both sides",
    params: fields({ reference: Type.String({ minLength: 1, maxLength: 12, pattern: "^[A-Za-z0-9]+$" }) }),
    query: nothing,
    status: 204,
    problems: ["not-found"],
  },
} as const satisfies Readonly<Record<string, Operation>>;

export type Operations = typeof operations;
export type OperationId = keyof Operations;
