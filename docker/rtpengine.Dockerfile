# Debian's rtpengine without the kernel module.
FROM debian:bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends rtpengine-daemon \
  && rm -rf /var/lib/apt/lists/*
USER nobody
ENV RTPENGINE_INTERFACE=127.0.0.1
CMD ["sh", "-c", "exec rtpengine --foreground --log-stderr --config-file=none --table=-1 --interface=$RTPENGINE_INTERFACE --listen-ng=127.0.0.1:22222 --dtmf-log-dest=127.0.0.1:22223 --port-min=30000 --port-max=39999 --delete-delay=0"]
