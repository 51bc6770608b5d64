"""Why a request brought no page: exceptions and statuses as reasons from the closed list."""

from dataclasses import dataclass

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)

from records import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One reason with a sentence for a person."""

    reason: Reason
    detail: str
    is_of_host: bool = False
    """The whole host is affected, so that its other URLs need not be asked now."""
    status: int | None = None


class RequestRefused(IgnoreRequest):
    """A request that we ourselves do not send, or an answer that we do not take."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.detail)
        self.fault = fault


NO_ANSWER = (DownloadTimeoutError, DownloadConnectionRefusedError, CannotResolveHostError, DownloadFailedError, OSError)
"""No answer came; the next request may do better."""

_REASONS: tuple[tuple[type[BaseException], Reason], ...] = (
    (ResponseDataLossError, Reason.TRUNCATED),
    (DownloadTimeoutError, Reason.TIMEOUT),
    (DownloadCancelledError, Reason.TOO_LARGE),
    (UnsupportedURLSchemeError, Reason.UNSAFE_URL),
)


def fault_of_exception(error: BaseException) -> Fault:
    """The fault that a failed download stands for."""
    if isinstance(error, RequestRefused):
        return error.fault
    reason = next((reason for kind, reason in _REASONS if isinstance(error, kind)), Reason.UNREACHABLE)
    detail = str(error) or type(error).__name__
    if reason is Reason.TRUNCATED:
        detail = "the connection closed before the promised length was reached"
    return Fault(reason=reason, detail=" ".join(detail.split())[:300])


def fault_of_status(status: int) -> Fault | None:
    """The fault of an answer's status; None for a page (200) and for what is not modified (304)."""
    if status in {200, 304}:
        return None
    reason = Reason.GONE if status in {404, 410} else Reason.HTTP_ERROR
    return Fault(reason=reason, detail=f"the server answered {status}", status=status)
