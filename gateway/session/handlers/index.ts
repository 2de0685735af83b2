import type { ClientFrameOf, ClientFrameType } from "../../protocol/client-frame.ts";
import type { Answer } from "../../protocol/server-frame.ts";
import type { SessionContext } from "../context.ts";
import { boardAnswer } from "./board-answer.ts";
import { boardClose } from "./board-close.ts";
import { boardCreate } from "./board-create.ts";
import { boardDraw } from "./board-draw.ts";
import { boardInvite } from "./board-invite.ts";
import { boardLeave } from "./board-leave.ts";
import { boardList } from "./board-list.ts";
import { boardOpen } from "./board-open.ts";
import { boardPromote } from "./board-promote.ts";
import { boardRead } from "./board-read.ts";
import { boardRemove } from "./board-remove.ts";
import { boardShow } from "./board-show.ts";
import { callAnswer } from "./call-answer.ts";
import { callCandidate } from "./call-candidate.ts";
import { callDtmf } from "./call-dtmf.ts";
import { callMe } from "./call-me.ts";
import { callEnd } from "./call-end.ts";
import { callReject } from "./call-reject.ts";
import { callRenew } from "./call-renew.ts";
import { callReport } from "./call-report.ts";
import { callStart } from "./call-start.ts";
import { callUpdate } from "./call-update.ts";
import { contactPut } from "./contact-put.ts";
import { contactRemove } from "./contact-remove.ts";
import { dataSend } from "./data-send.ts";
import { fileLink } from "./file-link.ts";
import { fileOffer } from "./file-offer.ts";
import { groupAnswer } from "./group-answer.ts";
import { groupCreate } from "./group-create.ts";
import { groupInvite } from "./group-invite.ts";
import { groupLeave } from "./group-leave.ts";
import { groupPromote } from "./group-promote.ts";
import { groupRemove } from "./group-remove.ts";
import { historyForget } from "./history-forget.ts";
import { historyList } from "./history-list.ts";
import { lineShow } from "./line-show.ts";
import { messageDelete } from "./message-delete.ts";
import { messageEdit } from "./message-edit.ts";
import { messageList } from "./message-list.ts";
import { messageMark } from "./message-mark.ts";
import { messageSearch } from "./message-search.ts";
import { messageSend } from "./message-send.ts";
import { messageTyping } from "./message-typing.ts";
import { ping } from "./ping.ts";
import { presenceData } from "./presence-data.ts";
import { presenceJoin } from "./presence-join.ts";
import { presenceLeave } from "./presence-leave.ts";
import { presenceStatus } from "./presence-status.ts";
import { presenceUnwatch } from "./presence-unwatch.ts";
import { presenceWatch } from "./presence-watch.ts";
import { pushShow } from "./push-show.ts";
import { pushSubscribe } from "./push-subscribe.ts";
import { pushUnsubscribe } from "./push-unsubscribe.ts";
import { sessionClose } from "./session-close.ts";
import { sessionRenew } from "./session-renew.ts";

export type Handler<T extends ClientFrameType> = (
  session: SessionContext,
  frame: ClientFrameOf<T>,
) => Answer | Promise<Answer>;

/** The one switch: each verb of a signed-in page and its file. */
export const handlers: { readonly [T in Exclude<ClientFrameType, "session.open" | "session.resume">]: Handler<T> } = {
  "session.renew": sessionRenew,
  "session.close": sessionClose,
  ping,
  "call.start": callStart,
  "call.answer": callAnswer,
  "call.reject": callReject,
  "call.end": callEnd,
  "call.candidate": callCandidate,
  "call.dtmf": callDtmf,
  "call.update": callUpdate,
  "call.renew": callRenew,
  "call.report": callReport,
  "call.me": callMe,
  "history.list": historyList,
  "history.forget": historyForget,
  "contact.put": contactPut,
  "contact.remove": contactRemove,
  "line.show": lineShow,
  "message.send": messageSend,
  "file.offer": fileOffer,
  "file.link": fileLink,
  "message.edit": messageEdit,
  "message.delete": messageDelete,
  "message.mark": messageMark,
  "message.typing": messageTyping,
  "message.list": messageList,
  "message.search": messageSearch,
  "group.create": groupCreate,
  "group.invite": groupInvite,
  "group.answer": groupAnswer,
  "group.leave": groupLeave,
  "group.remove": groupRemove,
  "group.promote": groupPromote,
  "data.send": dataSend,
  "board.create": boardCreate,
  "board.invite": boardInvite,
  "board.answer": boardAnswer,
  "board.leave": boardLeave,
  "board.remove": boardRemove,
  "board.promote": boardPromote,
  "board.list": boardList,
  "board.open": boardOpen,
  "board.close": boardClose,
  "board.read": boardRead,
  "board.draw": boardDraw,
  "board.show": boardShow,
  "presence.join": presenceJoin,
  "presence.leave": presenceLeave,
  "presence.watch": presenceWatch,
  "presence.unwatch": presenceUnwatch,
  "presence.status": presenceStatus,
  "presence.data": presenceData,
  "push.show": pushShow,
  "push.subscribe": pushSubscribe,
  "push.unsubscribe": pushUnsubscribe,
};
