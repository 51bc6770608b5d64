"""Iceberg's metadata over exported Parquet files, none of which is written again; the extra ``difang[iceberg]``.

A table of a version is a whole Iceberg table of one snapshot that never changes: ``TABLE/metadata/v1.metadata.json``
with its manifests, and ``version-hint.text`` beside it, so that a reader opens the metadata file or the table's folder
and needs no catalogue. The addresses inside are absolute: those that the version's files will have, which is why they
are read through `_DraftIO`, from the draft.

The partition columns of the folders' names are no columns of the files, hence none of the table: `published_date` and
`province_code` are, and the files' least and greatest values prune by them.
"""

from pathlib import Path

import pyarrow.fs as pafs
import pyarrow.parquet as pq
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.io.pyarrow import PyArrowFile, PyArrowFileIO

_NAMESPACE = "difang"
_URL, _DRAFT = "difang.url", "difang.draft"


def write_metadata(draft: Path, url: str, name: str) -> str:
    """The path below `draft` of the metadata file of the table `name`, whose files will have addresses below `url`."""
    # a catalogue in memory, since what is written needs none afterwards
    catalog = SqlCatalog(
        _NAMESPACE,
        **{"uri": "sqlite:///:memory:", "py-io-impl": f"{__name__}._DraftIO", _URL: url, _DRAFT: str(draft)},
    )
    catalog.create_namespace(_NAMESPACE)
    files = sorted((draft / name).rglob("*.parquet"))
    table = catalog.create_table((_NAMESPACE, name), schema=pq.read_schema(files[0]), location=f"{url}/{name}")
    table.add_files([f"{url}/{path.relative_to(draft).as_posix()}" for path in files])
    made = draft / table.metadata_location.removeprefix(f"{url}/")
    catalog.close()
    metadata = made.with_name("v1.metadata.json")
    metadata.write_bytes(made.read_bytes())
    made.with_name("version-hint.text").write_text("1")
    return metadata.relative_to(draft).as_posix()


class _DraftIO(PyArrowFileIO):
    """Files by their later addresses, read and written in the draft."""

    def new_input(self, location: str) -> PyArrowFile:
        """The file of the draft that will have that address."""
        return self._file(location)

    def new_output(self, location: str) -> PyArrowFile:
        """The file of the draft that will have that address, in a folder that is there."""
        file = self._file(location)
        Path(file._path).parent.mkdir(parents=True, exist_ok=True)
        return file

    def _file(self, location: str) -> PyArrowFile:
        path = self.properties[_DRAFT] + location.removeprefix(self.properties[_URL])
        return PyArrowFile(location=location, path=path, fs=pafs.LocalFileSystem())
