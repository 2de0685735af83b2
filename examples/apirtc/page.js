var webRTCClient, imClient, dataClient, callId;
var the = function (id) {
  return document.getElementById(id);
};

function log(text) {
  var line = document.createElement("li");
  line.textContent = text;
  the("log").appendChild(line);
}

function showCall(state, ringing) {
  the("state").textContent = state;
  the("accept").hidden = !ringing;
  the("hangup").hidden = state === "";
}

function sessionReady() {
  the("me").textContent = apiRTC.session.apiCCId;

  apiRTC.addEventListener("connectedUsersListUpdate", function () {
    the("users").textContent = apiRTC.session.getConnectedUserIdsList("team").join(", ");
  });

  webRTCClient = apiRTC.session.createWebRTCClient({});
  webRTCClient.setUserAcceptOnIncomingCall(true);
  apiRTC.addEventListener("incomingCall", function (e) {
    callId = e.detail.callId;
    showCall(e.detail.callerId + " calls", true);
  });
  apiRTC.addEventListener("userMediaSuccess", function (e) {
    log("you send " + e.detail.callType + ", picture: " + e.detail.videoIsAvailable);
  });
  apiRTC.addEventListener("userMediaError", function (e) {
    log("no microphone: " + e.detail.error.name);
  });
  apiRTC.addEventListener("remoteStreamAdded", function (e) {
    webRTCClient.addStreamInDiv(e.detail.stream, e.detail.callType, "streams", "stream-" + e.detail.callId, {}, false);
  });
  apiRTC.addEventListener("remoteStreamRemoved", function (e) {
    webRTCClient.removeElementFromDiv("streams", "stream-" + e.detail.callId);
  });
  apiRTC.addEventListener("callEstablished", function (e) {
    showCall("in a call with " + e.detail.calleeId, false);
  });
  ["hangup", "remoteHangup"].forEach(function (type) {
    apiRTC.addEventListener(type, function (e) {
      log(type + ": " + e.detail.reason);
      showCall("", false);
    });
  });

  imClient = apiRTC.session.createIMClient();
  apiRTC.addEventListener("receiveIMMessage", function (e) {
    log(e.detail.senderId + " writes: " + e.detail.message);
  });

  dataClient = apiRTC.session.createDataClient();
  apiRTC.addEventListener("receiveData", function (e) {
    log(e.detail.senderId + " points at " + e.detail.data.x + ", " + e.detail.data.y);
  });
}

apiRTC.addEventListener("error", function (e) {
  log("error " + e.detail.errorCode + ": " + e.detail.errorInfo);
});

the("call").onclick = function () {
  callId = webRTCClient.call(the("dest").value, { from: "the example" });
  showCall("calling", false);
};
the("accept").onclick = function () {
  webRTCClient.acceptCall(callId);
};
the("hangup").onclick = function () {
  webRTCClient.hangUp(callId);
};
the("send").onclick = function () {
  imClient.sendMessage(the("dest").value, the("text").value);
};
the("point").onclick = function () {
  dataClient.sendData(the("dest").value, { x: 3, y: 4 });
};

apiRTC.init({
  apiKey: "myDemoApiKey",
  token: function () {
    return fetch("/token" + location.search).then(function (answer) {
      return answer.text();
    });
  },
  presenceGroup: ["team"],
  subscribeToPresenceGroup: ["team"],
  onReady: sessionReady,
});
