"""One message about a run: what failed or warns, where, and the next step. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from dags.channels import Notice

NAMED = 5
"""So many squares and findings are named in a message; the rest is a count."""
ROOT_CAUSES = {"failed"}
"""States that are told; `upstream_failed` only follows from another square's failure."""


def describe_run(
    *,
    dag_name: str,
    run_id: str,
    day: str,
    failed: Sequence[tuple[str, Mapping[str, Any]]],
    warnings: Sequence[Mapping[str, Any]],
    url: str,
) -> Notice | None:
    """The message about a run that has ended, None where nothing is to be said.

    `failed` holds a square's name and what its task left: ``says`` and ``next_step``. `warnings` are findings of
    `difang health`.
    """
    if not failed and not warnings:
        return None
    what = f"失败 {len(failed)} 项 failed" if failed else f"警示 {len(warnings)} 项 warnings"
    lines = [f"运行 run {run_id} ({day})"]
    for name, left in failed[:NAMED]:
        lines.append(f"✗ {name}: {one_line(left.get('says')) or 'see its log'}")
    lines += rest_of(failed)
    for finding in warnings[:NAMED]:
        lines.append(f"! {finding['publisher_id']} {finding['rule']}: {one_line(finding['says'])}")
        lines.append(f"  {finding['command']}")
    lines += rest_of(warnings)
    steps = list(dict.fromkeys(str(left["next_step"]) for _, left in failed if left.get("next_step")))
    if failed:
        steps = [*steps[:NAMED], "看日志，改正后清除红格重跑 · read the log, mend it, clear the red squares"]
    lines += [f"→ {step}" for step in steps]
    return Notice(title=f"difang 地方 · {dag_name}: {what}", lines=tuple(lines), fails=bool(failed), url=url)


def rest_of(things: Sequence[object]) -> list[str]:
    """A line for what is not named."""
    return [f"… 另有 {len(things) - NAMED} 项 and {len(things) - NAMED} more"] if len(things) > NAMED else []


def one_line(text: object, limit: int = 200) -> str:
    """The text on one line, cut."""
    joined = " ".join(str(text or "").split())
    return joined if len(joined) <= limit else joined[: limit - 1] + "…"


def describe_late_run(*, dag_name: str, run_id: str, limit_hours: float, url: str) -> Notice:
    """The message about a run that has not ended by its deadline."""
    return Notice(
        title=f"difang 地方 · {dag_name}: 超时未完成 still running after {limit_hours:g} h",
        lines=(
            f"运行 run {run_id}",
            "→ difang status",
            "→ 查看哪些方格仍在运行或排队 · see which squares are running or queued",
        ),
        fails=True,
        url=url,
    )
