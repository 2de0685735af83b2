import type { OperationId } from "../../../protocol/rest/operations.ts";
import type { RestHandler } from "../ports.ts";
import { createAccount } from "./create-account.ts";
import { createGroup } from "./create-group.ts";
import { endCall } from "./end-call.ts";
import { endSession } from "./end-session.ts";
import { issueToken } from "./issue-token.ts";
import { listAccounts } from "./list-accounts.ts";
import { listCalls } from "./list-calls.ts";
import { listContacts } from "./list-contacts.ts";
import { listSessions } from "./list-sessions.ts";
import { putContact } from "./put-contact.ts";
import { removeAccount } from "./remove-account.ts";
import { removeContact } from "./remove-contact.ts";
import { sendMessage } from "./send-message.ts";
import { showAccount } from "./show-account.ts";

/** Each operation and its file. */
export const restHandlers: { readonly [Id in OperationId]: RestHandler<Id> } = {
  issueToken,
  listAccounts,
  createAccount,
  showAccount,
  removeAccount,
  listContacts,
  putContact,
  removeContact,
  listSessions,
  endSession,
  sendMessage,
  createGroup,
  listCalls,
  endCall,
};
