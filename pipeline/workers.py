"""Transform processes: pages in, tagged articles or rejections out, whatever a page does to its worker.

A page that raises, hangs or kills its process (a native library can) becomes a `Rejected` row with the
reason `transform_error`; its raw bytes land all the same, so that a later version can reprocess it.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from types import FrameType

from records import FetchedPage, Landed, Publisher, Reason, Rejected, Step, TaggedArticle
from transforms import transform_page
from transforms.extraction import warm_up

_publishers: Mapping[str, Publisher] = {}
_page_seconds = 60.0


class PageTimeoutError(BaseException):
    """A page took longer in the transforms than `Settings.page_seconds`; no `except Exception` on the way stops it."""


class TransformPool:
    """Processes that transform pages; results come through a callback, in any order, from a thread of the pool."""

    def __init__(
        self,
        publishers: Mapping[str, Publisher],
        workers: int,
        page_seconds: float,
        step: Callable[[FetchedPage, Publisher | None], TaggedArticle | Rejected] = transform_page,
    ) -> None:
        self._step = step
        self._publishers = dict(publishers)
        self._workers = workers
        self._page_seconds = page_seconds
        self._lock = threading.Lock()
        self._pool = self._start(workers)
        self._broken: list[ProcessPoolExecutor] = []
        self._isolator = ThreadPoolExecutor(1, thread_name_prefix="isolator")
        self._single: ProcessPoolExecutor | None = None

    def submit(self, page: FetchedPage, on_done: Callable[[Landed], None]) -> None:
        """Transform the page in a worker; `on_done` receives what it became, exactly once."""
        with self._lock:
            try:
                future = self._pool.submit(run_step, self._step, page)
            except BrokenProcessPool:
                self._broken.append(self._pool)
                self._pool = self._start(self._workers)
                future = self._pool.submit(run_step, self._step, page)
        future.add_done_callback(lambda done: self._finish(done, page, on_done))

    def close(self) -> None:
        """Wait for the pages under way, then stop the processes."""
        # A broken pool may still be handing its pages over to the isolator.
        for pool in (*self._broken, self._pool):
            pool.shutdown(wait=True)
        self._isolator.shutdown(wait=True)
        if self._single is not None:
            self._single.shutdown(wait=True)

    def _start(self, workers: int) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["pipeline.workers"])
        return ProcessPoolExecutor(
            workers, mp_context=context, initializer=initialise, initargs=(self._publishers, self._page_seconds)
        )

    def _finish(self, future: "Future[Landed]", page: FetchedPage, on_done: Callable[[Landed], None]) -> None:
        try:
            landed = future.result()
        except BrokenProcessPool:
            # All pages under way fail together when one kills its worker: each is tried alone to find the culprit.
            self._isolator.submit(self._alone, page, on_done)
            return
        except (Exception, PageTimeoutError) as error:
            landed = Landed(page=page, result=_rejection(page, f"{type(error).__name__}: {error}"))
        on_done(landed)

    def _alone(self, page: FetchedPage, on_done: Callable[[Landed], None]) -> None:
        """Transform one page in a process that holds no other, so that only itself can be lost."""
        if self._single is None:
            self._single = self._start(1)
        try:
            landed = self._single.submit(run_step, self._step, page).result()
        except BrokenProcessPool:
            self._single = None
            landed = Landed(page=page, result=_rejection(page, "the worker process died on this page"))
        except (Exception, PageTimeoutError) as error:
            landed = Landed(page=page, result=_rejection(page, f"{type(error).__name__}: {error}"))
        on_done(landed)


def initialise(publishers: Mapping[str, Publisher], page_seconds: float) -> None:
    """Prepare a worker: lexicons and model loaded once, Ctrl-C left to the parent, death with the parent."""
    global _publishers, _page_seconds
    _publishers, _page_seconds = publishers, page_seconds
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, _on_alarm)
    threading.Thread(target=_die_with_parent, daemon=True).start()
    warm_up()


def run_step(step: Callable[[FetchedPage, Publisher | None], TaggedArticle | Rejected], page: FetchedPage) -> Landed:
    """What a page became; every failure is a rejection with its reason."""
    signal.setitimer(signal.ITIMER_REAL, _page_seconds, _page_seconds)
    try:
        publisher = _publishers.get(page.publisher_id or "")
        return Landed(page=page, result=step(page, publisher))
    except PageTimeoutError:
        return Landed(page=page, result=_rejection(page, f"took longer than {_page_seconds:g} s"))
    except Exception as error:
        return Landed(page=page, result=_rejection(page, f"{type(error).__name__}: {error}"))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _on_alarm(_signal: int, _frame: FrameType | None) -> None:
    raise PageTimeoutError


def _die_with_parent() -> None:
    """End this process when its parent ends, however it ended: an orphan would hold memory for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _rejection(page: FetchedPage, detail: str) -> Rejected:
    return Rejected(
        url=page.url,
        canonical_url=page.canonical_url,
        publisher_id=page.publisher_id,
        section=page.section,
        body_sha256=page.body_sha256,
        step=Step.TAG,
        reason=Reason.TRANSFORM_ERROR,
        detail=detail,
        fetched_at=page.fetched_at,
    )
