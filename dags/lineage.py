"""What a task has read and written, as OpenLineage says it; asked for only where Airflow's provider is installed."""

from collections.abc import Mapping, Sequence
from typing import Any

NAMESPACE = "difang"


def lineage_of(reads: Sequence[str], writes: Sequence[str], kept: Any) -> Any:
    """An OperatorLineage with a dataset for each name; the first that is written carries how many rows came."""
    from airflow.providers.openlineage.extractors import OperatorLineage
    from openlineage.client.event_v2 import InputDataset, OutputDataset
    from openlineage.client.facet_v2 import output_statistics_output_dataset as statistics

    count = kept.get("versions") if isinstance(kept, Mapping) else None
    outputs = []
    for number, name in enumerate(writes):
        facets = {}
        if number == 0 and isinstance(count, int):
            facets["outputStatistics"] = statistics.OutputStatisticsOutputDatasetFacet(rowCount=count)
        outputs.append(OutputDataset(namespace=NAMESPACE, name=name, outputFacets=facets))
    return OperatorLineage(
        inputs=[InputDataset(namespace=NAMESPACE, name=name) for name in reads],
        outputs=outputs,
    )
