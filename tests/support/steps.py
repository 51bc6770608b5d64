"""Transform steps that misbehave, importable by worker processes."""

import ctypes
import os
import signal
import time

from records import Reason, Rejected, Step


def by_body(page, publisher):
    """Do what the body says: die, hang, hang in C, raise, or be rejected as an empty page."""
    what = page.body.decode()
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "hang":
        time.sleep(60)
    if what == "hang in C":
        # A native call that never returns, holds the interpreter's lock and is woken by no signal.
        mutex = ctypes.create_string_buffer(64)
        libc = ctypes.PyDLL(None)
        libc.pthread_mutex_lock(mutex)
        libc.pthread_mutex_lock(mutex)
    if what == "raise":
        raise RuntimeError("坏页")
    return Rejected(
        url=page.url,
        canonical_url=page.canonical_url,
        publisher_id=publisher.id if publisher else None,
        step=Step.CLEAN,
        reason=Reason.EMPTY_PAGE,
        detail=str(os.getpid()),
    )


def slowly(page, publisher):
    """Be rejected after half a second."""
    time.sleep(0.5)
    return by_body(page, publisher)
