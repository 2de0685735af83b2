import type { Call, Json, Session } from "../index.ts";
import type { OldEvents } from "./events.ts";
import type { Names } from "./names.ts";
import { OldCall } from "./old-call.ts";
import type { Part } from "./reasons.ts";
import { addStreamInDiv, attachMediaStream, removeElementFromDiv } from "./streams.ts";
import { refuseGone, unsupported } from "./unsupported.ts";

export interface CallConfiguration {
  readonly record?: boolean;
  /** What is not sent; no picture is in any case. */
  readonly muted?: "VIDEO" | "VIDEOONLY";
}

export interface WebRTCClientOptions {
  /** Id of an element whose text says how far the last call is. */
  readonly status?: string;
}

/** Elements that were filled by themselves once. */
const filled = ["localVideo", "minilocalVideo", "remoteVideo"];

/** Calls in the old style: by ids, with events for what becomes of them. */
export class ApiRTCWebRTCClient {
  readonly attachMediaStream = attachMediaStream;
  readonly addStreamInDiv = addStreamInDiv;
  readonly removeElementFromDiv = removeElementFromDiv;
  readonly #session: Session;
  readonly #events: OldEvents;
  readonly #names: Names;
  readonly #calls = new Map<string, OldCall>();
  #lastId = 0;
  #severalCalls = false;
  #asks = true;
  #constraints: MediaStreamConstraints | undefined;

  /** @internal */
  constructor(session: Session, events: OldEvents, names: Names, options: WebRTCClientOptions = {}) {
    const asked = filled.find((name) => name in options);
    if (asked) throw unsupported(`The option ${asked}`, "addStreamInDiv at userMediaSuccess and remoteStreamAdded");
    this.#session = session;
    this.#events = events;
    this.#names = names;
    if (options.status !== undefined) this.#showStatus(options.status);
    session.on("incoming", (call) => this.#onIncoming(call));
    // One that began to ring before this client was made.
    for (const call of session.calls.view().calls) if (call.view().state === "offered") this.#onIncoming(call);
    events.emit("webRTCClientCreated");
  }

  /**
   * Calls a user by id, or a telephone ("+33…", "tel:…"). Null when a call is up and several are not allowed.
   * @throws ClientError `bad-target`
   */
  call(destId: string | number, data?: Json, configuration: CallConfiguration = {}): string | null {
    const { record, muted } = configuration;
    if (muted !== undefined && !muted.startsWith("VIDEO"))
      throw unsupported(`The option muted: ${muted}`, "toggleAudioMute once the call is established");
    const target = this.#names.target(destId);
    if (this.#calls.size > 0 && !this.#severalCalls) return null;
    const call = this.#add("caller", this.#names.idOf(target));
    const options = {
      ...(data !== undefined && data !== null && data !== "RECORD" && { data }),
      // The library says whether it can.
      ...((record === true || data === "RECORD") && { record: true }),
      ...(this.#constraints && { media: this.#constraints }),
    };
    call.dial((signal) => this.#session.call(target, { ...options, signal }));
    return call.id;
  }

  acceptCall(callId: string): void {
    void this.#calls.get(callId)?.accept(this.#constraints);
  }

  refuseCall(callId: string): void {
    void this.#calls.get(callId)?.refuse();
  }

  /** Without an id: all calls. */
  hangUp(callId?: string): void {
    for (const call of this.#chosen(callId)) void call.hangUp();
  }

  /**
   * False: calls are answered by themselves, after `incomingCall`. Default true.
   * @throws ClientError `unsupported` for false where the account does not allow it: nobody's microphone is opened before
   * somebody says so
   */
  setUserAcceptOnIncomingCall(ask: boolean): void {
    if (!ask && !this.#session.view().autoAnswer)
      throw unsupported("Answering without being asked", "acceptCall at incomingCall, or autoAnswer of the account");
    this.#asks = ask;
  }

  /** True: calls beside each other. Else who calls meanwhile is told that the line is busy. Default false. */
  setAllowMultipleCalls(allowed: boolean): void {
    this.#severalCalls = allowed;
  }

  toggleAudioMute(callId?: string): void {
    for (const call of this.#chosen(callId)) call.toggleAudioMute();
  }

  isAudioMuted(callId?: string): boolean {
    return this.#chosen(callId).some((call) => call.isMuted);
  }

  /** What the next calls send. */
  setGetUserMediaConfig({ audio = true }: MediaStreamConstraints): void {
    this.#constraints = { audio };
  }

  /** At once, in calls that are up too. */
  setAudioSourceId(id: string): void {
    this.#use("audioinput", id);
  }

  setAudioOutputId(id: string): void {
    this.#use("audiooutput", id);
  }

  /** Does nothing: a chosen device is used at once. */
  updateMediaDeviceOnCall(_callId: string): void {}

  #chosen(callId: string | undefined): OldCall[] {
    return [...this.#calls.values()].filter(({ id }) => callId === undefined || id === callId);
  }

  #add(part: Part, remoteId: string): OldCall {
    const events = this.#events;
    const call = new OldCall({ id: String(++this.#lastId), part, remoteId, events, gone: (over) => this.#gone(over) });
    this.#calls.set(call.id, call);
    return call;
  }

  #gone({ id }: OldCall): number {
    this.#calls.delete(id);
    return [...this.#calls.values()].filter(({ established }) => established).length;
  }

  #onIncoming(call: Call): void {
    const { target, name: callerNickname } = call.view().peer;
    const callerId = this.#names.idOf(target);
    if (this.#calls.size > 0 && !this.#severalCalls) {
      this.#events.emit("callAttempt", { callerId, callerNickname });
      return void call.reject("busy");
    }
    const old = this.#add("callee", callerId);
    old.follow(call);
    const { id: callId, callType } = old;
    const { data, reference } = call;
    this.#events.emit("incomingCall", { callId, callerId, callerNickname, callType, data, reference });
    if (!this.#asks) void old.accept(this.#constraints);
  }

  #use(kind: MediaDeviceKind, deviceId: string): void {
    const { microphones, speakers } = this.#session.devices.view();
    const device = [...microphones, ...speakers].find((one) => one.kind === kind && one.deviceId === deviceId);
    if (device)
      this.#session.devices.use(device).catch(({ code, message }: { code: string; message: string }) => {
        this.#events.emit("error", { errorCode: code, errorInfo: message });
      });
  }

  #showStatus(id: string): void {
    const { calls } = this.#session;
    const show = (): void => {
      const place = document.getElementById(id);
      if (place) place.textContent = calls.view().calls.at(-1)?.view().state ?? "";
    };
    calls.subscribe(show);
    for (const event of ["callEstablished", "userMediaSuccess"]) this.#events.add(event, show);
  }
}

const rooms = "session.call({ room }) of @offhook/client";
const pictures = "nothing yet: calls have sound only";

refuseGone(ApiRTCWebRTCClient.prototype, "apiCCWebRTCClient", {
  setUserAcceptOnIncomingCallBeforeGetUserMedia: "acceptCall, which opens the microphone",
  toggleVideoMute: pictures,
  isVideoMuted: pictures,
  setVideoBandwidth: pictures,
  setVideoSourceId: pictures,
  setVideoFacingMode: pictures,
  activateScreenSharing: "call.shareScreen of @offhook/client",
  shareScreen: "call.shareScreen of @offhook/client",
  publishScreen: "call.shareScreen of @offhook/client",
  takeSnapshot: "call.takeSnapshot of @offhook/client",
  recordStream: "MediaRecorder with the stream of remoteStreamAdded",
  stopRecordStream: "MediaRecorder with the stream of remoteStreamAdded",
  setUploadServerAddressForRecord: "fetch with the Blob of a MediaRecorder",
  setRecordedCall: "call.record of @offhook/client",
  startRecording: "call.record of @offhook/client",
  stopRecording: "call.record of @offhook/client",
  startDataChannel: "apiCCDataClient.sendData",
  startDataChannelOnCall: "apiCCDataClient.sendData",
  sendDataWithCallId: "apiCCDataClient.sendData, and attachments of messages for files",
  setMCUConnector: rooms,
  enableMeshRoomMode: rooms,
  joinMCUSession: rooms,
  leaveMCUSession: rooms,
  publish: rooms,
  unpublish: rooms,
  subscribe: rooms,
  unsubscribe: rooms,
  getStreamFromList: rooms,
  startStreaming: "nothing: the gateway does not send RTMP",
  stopStreaming: "nothing: the gateway does not send RTMP",
});
