"""Transform processes: pages in, tagged articles or rejections out, whatever a page does to its worker.

A page that raises, hangs or kills its process (a native library can) becomes a `Rejected` row with the
reason `transform_error`; its raw bytes land all the same, so that a later version can reprocess it.

Three deadlines hold a page that hangs. An alarm raises in Python code. A native call never comes back to where an
alarm is heard, and may hold the interpreter's lock, so a watchdog thread of C (`faulthandler`) ends the whole process
from inside. Where even that fails, the parent kills the process in which the page is tried alone.
"""

import faulthandler
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from types import FrameType

from records import FetchedPage, Landed, Publisher, Reason, Rejected, Step, TaggedArticle
from transforms import transform_page
from transforms.extraction import warm_up

START_SECONDS = 120.0
"""What a new process may take to load its lexicons and model before a page's own time begins; only the parent waits."""

_publishers: Mapping[str, Publisher] = {}
_page_seconds = 60.0
_silence: int | None = None
"""The file descriptor that the watchdog of a worker writes to; None in a process that is no worker."""


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

    def wait_until_ready(self) -> None:
        """Wait until every worker has loaded its lexicons and model; a page that comes now is read at once."""
        # No process is idle yet, so that each of these starts one.
        for started in [self._pool.submit(os.getpid) for _ in range(self._workers)]:
            started.result()

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
        pool, started = self._single, time.monotonic()
        try:
            landed = pool.submit(run_step, self._step, page).result(
                timeout=START_SECONDS + 2 * kill_seconds(self._page_seconds)
            )
        except (BrokenProcessPool, FutureTimeoutError):
            self._single = None
            kill(pool)
            is_late = time.monotonic() - started >= self._page_seconds
            detail = "the worker process died on this page"
            if is_late:
                detail = f"took longer than {self._page_seconds:g} s in native code; its worker process was killed"
            landed = Landed(page=page, result=_rejection(page, detail))
        except (Exception, PageTimeoutError) as error:
            landed = Landed(page=page, result=_rejection(page, f"{type(error).__name__}: {error}"))
        on_done(landed)


def kill_seconds(page_seconds: float) -> float:
    """When a page's process is killed: the alarm had time to be heard, and to be heard again."""
    return 2 * page_seconds + 1


def kill(pool: ProcessPoolExecutor) -> None:
    """End the processes of a pool that no longer answers; harmless where they have ended."""
    processes = list((getattr(pool, "_processes", None) or {}).values())
    for process in processes:
        process.kill()
    pool.shutdown(wait=False, cancel_futures=True)


def initialise(publishers: Mapping[str, Publisher], page_seconds: float) -> None:
    """Prepare a worker: lexicons and model loaded once, Ctrl-C left to the parent, death with the parent."""
    global _publishers, _page_seconds, _silence
    _publishers, _page_seconds, _silence = publishers, page_seconds, os.open(os.devnull, os.O_WRONLY)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, _on_alarm)
    threading.Thread(target=_die_with_parent, daemon=True).start()
    warm_up()


def run_step(step: Callable[[FetchedPage, Publisher | None], TaggedArticle | Rejected], page: FetchedPage) -> Landed:
    """What a page became; every failure is a rejection with its reason."""
    signal.setitimer(signal.ITIMER_REAL, _page_seconds, _page_seconds)
    if _silence is not None:
        faulthandler.dump_traceback_later(kill_seconds(_page_seconds), exit=True, file=_silence)
    try:
        publisher = _publishers.get(page.publisher_id or "")
        return Landed(page=page, result=step(page, publisher))
    except PageTimeoutError:
        return Landed(page=page, result=_rejection(page, f"took longer than {_page_seconds:g} s"))
    except Exception as error:
        return Landed(page=page, result=_rejection(page, f"{type(error).__name__}: {error}"))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        faulthandler.cancel_dump_traceback_later()


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
