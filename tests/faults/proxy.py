# SPDX-License-Identifier: Apache-2.0
"""A TCP proxy that does harm: it flips a bit now and then, holds everything
back, or resets what is connected.

    proxy = Proxy(port); proxy.start(); ... connect to proxy.port
    proxy.flip_every = 20000   # bytes; 0: never
    proxy.reset()
"""
import random
import selectors
import socket
import struct
import threading


class Proxy(threading.Thread):
    def __init__(self, port, seed=1):
        super().__init__(daemon=True)
        self.target, self.dice = port, random.Random(seed)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.flip_every = self.flips = self.passed = self.accepted = 0
        self.is_held = False
        self.pairs = {}
        self.ended = threading.Event()
        self.must_reset = threading.Event()

    def accept(self, selector):
        client, _ = self.listener.accept()
        try:
            server = socket.create_connection(("127.0.0.1", self.target), 5)
        except OSError:
            client.close()
            return
        self.accepted += 1
        self.pairs[client], self.pairs[server] = server, client
        for one in (client, server):
            selector.register(one, selectors.EVENT_READ)

    def part(self, selector, one):
        other = self.pairs.pop(one, None)
        for each in (one, other):
            if each is not None:
                self.pairs.pop(each, None)
                selector.unregister(each)
                each.close()

    def harm(self, data):
        """A bit of one byte in about flip_every."""
        self.passed += len(data)
        if self.flip_every and self.passed >= self.flip_every:
            self.passed = 0
            self.flips += 1
            data = bytearray(data)
            data[self.dice.randrange(len(data))] ^= 1 << self.dice.randrange(8)
        return data

    def move(self, selector, one):
        try:
            data = one.recv(65536)
            if data:
                self.pairs[one].sendall(self.harm(data))
                return
        except OSError:
            pass
        self.part(selector, one)

    def reset(self):
        self.must_reset.set()

    def do_reset(self, selector):
        linger = struct.pack("ii", 1, 0)  # RST instead of FIN
        for one in list(self.pairs):
            if one in self.pairs:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.pairs[one].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                           linger)
                self.part(selector, one)
        self.must_reset.clear()

    def run(self):
        with selectors.DefaultSelector() as selector:
            selector.register(self.listener, selectors.EVENT_READ)
            while not self.ended.wait(0):
                if self.must_reset.is_set():
                    self.do_reset(selector)
                for key, _ in selector.select(0.05):
                    if key.fileobj is self.listener:
                        self.accept(selector)
                    elif not self.is_held and key.fileobj in self.pairs:
                        self.move(selector, key.fileobj)
                if self.is_held:
                    self.ended.wait(0.05)
            for one in list(self.pairs):
                self.part(selector, one)
        self.listener.close()

    def end(self):
        self.ended.set()
        self.join()
