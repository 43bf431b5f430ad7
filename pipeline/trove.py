"""The shard step under datatrove's executors: local here; Slurm and Ray take the same step (docs/scale.md).

datatrove keeps markers and logs of its own beside the parts; which shards are done is ours to say, so its
skipping is off and a shard is read once whoever is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.shards import Job
from schemas.errors import UsageError


@dataclass(frozen=True, slots=True)
class ReadShards:
    """A pipeline step: rank r of w reads shards r, r+w, r+2w ... and writes their parts and markers."""

    job: Job
    shards: tuple[Path, ...]

    def __call__(
        self, data: Iterable[object] | None = None, rank: int = 0, world_size: int = 1
    ) -> Iterable[object]:
        """Read this rank's shards that are not done; yield nothing for a next step."""
        for _ in self.job.read(self.shards[rank::world_size]):
            pass
        return ()


def run_local(job: Job, shards: Sequence[Path], *, workers: int) -> None:
    """Read shards with datatrove's local executor, one task a worker. Raises UsageError if it is not installed."""
    try:
        from datatrove.executor import LocalPipelineExecutor
    except ImportError as err:
        raise UsageError('the backend "datatrove" is not installed: pip install "costline[scale]"') from err
    LocalPipelineExecutor(
        pipeline=[ReadShards(job, tuple(shards))],
        tasks=min(workers, len(shards)),
        workers=min(workers, len(shards)),
        logging_dir=str(job.out / "logs"),
        skip_completed=False,
    ).run()
