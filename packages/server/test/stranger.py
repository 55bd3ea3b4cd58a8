"""A client that nobody here wrote, Python's `websockets`, driven by lines.

    stranger.py v1 URL [TOKEN]   says each line of standard input in the room `strangers`; writes what comes as lines of JSON
    stranger.py text URL         the same on the plain subprotocol: lines in, lines out
    stranger.py echo URL         has messages of many sizes echoed, and ends with 0 if each came back
"""

import asyncio
import json
import sys

import websockets


def tell(line):
    print(line, flush=True)


async def lines():
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        yield line.rstrip("\n")


async def read(socket):
    try:
        async for message in socket:
            tell(message)
    except websockets.ConnectionClosed:
        pass
    tell(json.dumps({"type": "closed", "code": socket.close_code, "reason": socket.close_reason}))


async def talk(url, subprotocols, greeting, frame):
    async with websockets.connect(url, subprotocols=subprotocols) as socket:
        if greeting:
            await socket.send(greeting)
        reading = asyncio.create_task(read(socket))
        count = 0
        async for line in lines():
            count += 1
            await socket.send(frame(count, line))
        await socket.close()
        await reading


async def echo(url):
    async with websockets.connect(url, max_size=None) as socket:
        tell("compressed" if socket.extensions else "plain")
        for size in (0, 1, 125, 126, 65_535, 65_536, 1_000_000, 16 * 1024 * 1024):
            for message in ("直" * (size // 3), bytes(index & 0xFF for index in range(1_000)) * (size // 1_000)):
                await socket.send(message)
                assert await socket.recv() == message, f"not what was sent: {size}"
        await socket.send(["in ", "three ", "fragments"])
        assert await socket.recv() == "in three fragments"
        await (await socket.ping(b"are you there"))
        await socket.close(4321, "done")
        assert (socket.close_code, socket.close_reason) == (4321, "done")


def main(mode, url, token=None):
    if mode == "echo":
        asyncio.run(echo(url))
    elif mode == "text":
        asyncio.run(talk(url, None, None, lambda _count, line: line))
    else:
        hello = {"type": "hello", "name": "Python", "rooms": [{"room": "strangers"}], **({"token": token} if token else {})}

        def say(count, line):
            return json.dumps({"type": "say", "ref": count, "room": "strangers", "key": f"python {count}", "text": line})

        asyncio.run(talk(url, ["hubbub.v1"], json.dumps(hello), say))


main(*sys.argv[1:])
