"""Plays systemd for one service: `service_manager.py SOCKET COMMAND…`, with the environment it was given itself.

The command gets standard output and error on a socket, as from systemd's journal, nothing on standard input, and SOCKET to tell its state to. What it
says is printed as `out LINE`, what it tells as `told STATE`, how it ended as `ended CODE`. `signal NAME` on standard input goes to the command.
"""
import array
import os
import signal
import socket
import subprocess
import sys
import threading

path, command = sys.argv[1], sys.argv[2:]
told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
told.bind(path)
ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
service = subprocess.Popen(command, env={**os.environ, "NOTIFY_SOCKET": path}, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs)
theirs.close()


def say(kind, text):
    print(kind, text, flush=True)


def hear():
    while True:
        message, ancillary, _flags, _sender = told.recvmsg(4096, socket.CMSG_SPACE(64))
        for state in message.decode().splitlines():
            if not state.startswith("BARRIER"):
                say("told", state)
        # systemd-notify waits until its end of a pipe is closed here.
        for _level, _kind, data in ancillary:
            for descriptor in array.array("i", data[: len(data) // 4 * 4]):
                os.close(descriptor)


def obey():
    for line in sys.stdin:
        service.send_signal(getattr(signal, line.split()[1]))


threading.Thread(target=hear, daemon=True).start()
threading.Thread(target=obey, daemon=True).start()
for line in ours.makefile():
    say("out", line.rstrip("\n"))
say("ended", service.wait())
