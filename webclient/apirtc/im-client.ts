import type { Group, Message, Messages } from "../index.ts";
import type { ContactList } from "./contact-list.ts";
import type { OldEvents } from "./events.ts";
import type { Names } from "./names.ts";
import { refuseGone } from "./unsupported.ts";

export interface IMParts {
  readonly messages: Messages;
  readonly events: OldEvents;
  readonly names: Names;
  readonly contacts: ContactList;
  /** Merges into what contacts see of the user. */
  share(data: object): void;
  /** The user's name as others see it. */
  ownName(): string;
  failed(fault: unknown): void;
}

/** Messages in the old style. Conversations are named by the other user's id or that of the group. */
export class ApiRTCIMClient {
  readonly #parts: IMParts;
  /** Invitations that were told. */
  readonly #invited = new Set<string>();

  /** @internal */
  constructor(parts: IMParts) {
    this.#parts = parts;
    const { messages } = parts;
    messages.on("message", (message) => this.#onMessage(message));
    messages.on("group", ({ groupId, group }) => this.#onGroup(groupId, group));
    messages.subscribe(() => this.#tellInvitations());
    this.#tellInvitations();
  }

  get nickname(): string {
    return this.#parts.ownName();
  }

  /** What contacts see instead of the user's name. */
  set nickname(nickname: string) {
    this.setUserData({ nickname });
  }

  /** `{ photoURL }` and the like. */
  setUserData(data: object): void {
    this.#parts.share(data);
  }

  /** Answered by `userDataAnswer`. */
  getUserData(userId: string): void {
    const contact = this.#parts.contacts.find(userId);
    const shared = (contact?.userData ?? {}) as { nickname?: string; photoURL?: string };
    const nickname = shared.nickname ?? contact?.name;
    const facts = { userFound: contact !== undefined, contactId: userId, nickname, photoURL: shared.photoURL };
    this.#parts.events.emit("userDataAnswer", facts);
  }

  /** To a user. */
  sendMessage(destId: string, text: string): void {
    this.#try(this.#parts.messages.send({ user: this.#parts.names.userOf(destId) }, text));
  }

  /** Makes a group with both of them; `groupChatCreation` says its id. */
  createGroupChat(dest: string, newContact: string): void {
    const { messages, names, events } = this.#parts;
    const told = (status: boolean, groupChatId?: string): void =>
      void events.emit("groupChatCreation", {
        status,
        groupChatId,
        invitationSendedToInitialDestId: dest,
        invitationSendedToNewContactId: newContact,
      });
    messages
      .createGroup([names.own, dest, newContact].join(", "), [names.userOf(dest), names.userOf(newContact)])
      .then(({ group }) => told(true, group))
      .catch((fault: unknown) => {
        this.#parts.failed(fault);
        told(false);
      });
  }

  /** Answered by `addUserInGroupChatAnswer`. */
  addUserInGroupChat(groupChatId: string, userId: string): void {
    const { messages, names, events } = this.#parts;
    const told = (status: boolean): void =>
      void events.emit("addUserInGroupChatAnswer", { status, groupChatId, contactId: userId });
    messages.invite(groupChatId, [names.userOf(userId)]).then(
      () => told(true),
      (fault: unknown) => {
        this.#parts.failed(fault);
        told(false);
      },
    );
  }

  answerToGroupChatInvitation(groupChatId: string, accept: boolean): void {
    this.#try(this.#parts.messages.answerInvitation(groupChatId, accept));
  }

  sendMessageToGroupChat(groupChatId: string, text: string): void {
    this.#try(this.#parts.messages.send({ group: groupChatId }, text));
  }

  leaveGroupChat(groupChatId: string): void {
    this.#try(this.#parts.messages.leaveGroup(groupChatId));
  }

  /** Answered by `receiveConversationList`. */
  getConversationList(): void {
    const { messages, names, events } = this.#parts;
    const convList = messages.view().conversations.map(({ of, unread }) => ({
      convId: names.conversationIdOf(of),
      unread,
    }));
    events.emit("receiveConversationList", { convList });
  }

  /** Answered by `receiveConversationHistory`, oldest first. */
  getConversationHistory(convId: string): void {
    const { messages, names, events } = this.#parts;
    const of = this.#groupOf(convId) ? { group: convId } : { user: names.userOf(convId) };
    const told = (page: readonly Message[]): void => {
      const convHistory = page.toReversed().map((message) => this.#told(message));
      events.emit("receiveConversationHistory", { convId, convHistory });
    };
    this.#try(messages.history(of).then(told));
  }

  #onMessage(message: Message): void {
    const facts = this.#told(message);
    if (facts.senderId === this.#parts.names.own) return;
    if ("group" in message.of)
      this.#parts.events.emit("receiveGroupChatMessage", { ...facts, groupChatId: message.of.group });
    else this.#parts.events.emit("receiveIMMessage", facts);
  }

  #told({ from, text, at }: Message) {
    const { target, name } = from;
    return { senderId: this.#parts.names.idOf(target), senderNickname: name, message: text ?? "", date: at };
  }

  #onGroup(groupChatId: string, group: Group | undefined): void {
    if (group && this.#asks(group)) return;
    this.#invited.delete(groupChatId);
    const facts = { groupChatId, contactList: group ? this.#members(group) : [] };
    this.#parts.events.emit("groupChatMemberUpdate", facts);
  }

  #tellInvitations(): void {
    for (const { group } of this.#parts.messages.view().conversations) {
      if (!group || !this.#asks(group) || this.#invited.has(group.groupId)) continue;
      this.#invited.add(group.groupId);
      const { groupId: groupChatId, name } = group;
      this.#parts.events.emit("groupChatInvitation", { groupChatId, name, contactList: this.#members(group) });
    }
  }

  /** Whether the user is invited and has not answered. */
  #asks({ members }: Group): boolean {
    const { names } = this.#parts;
    return members.some(({ user, invited }) => invited === true && names.idOf({ user }) === names.own);
  }

  #members({ members }: Group) {
    const { names, contacts } = this.#parts;
    return members
      .filter(({ invited }) => !invited)
      .map(({ user, name: contactNickname }) => {
        const contactId = names.idOf({ user });
        const { photoURL: contactPhotoURL } = (contacts.find(contactId)?.userData ?? {}) as { photoURL?: string };
        return { contactId, contactNickname, contactPhotoURL };
      });
  }

  #groupOf(id: string): boolean {
    return this.#parts.messages.view().conversations.some(({ of }) => "group" in of && of.group === id);
  }

  #try(act: Promise<unknown>): void {
    act.catch((fault: unknown) => this.#parts.failed(fault));
  }
}

refuseGone(ApiRTCIMClient.prototype, "apiCCIMClient", {
  joinGroupChat: "addUserInGroupChat by an owner of the group",
});
