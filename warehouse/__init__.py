"""The warehouse: records in, Parquet on disk, SQL out; one transaction a batch, on DuckLake."""

from warehouse.checks import CheckResult
from warehouse.lake import Warehouse, connect
from warehouse.landing import LandReport
from warehouse.location import WarehouseLocation
from warehouse.maintenance import MaintenanceReport
from warehouse.marts import MartReport

__all__ = ["CheckResult", "LandReport", "MaintenanceReport", "MartReport", "Warehouse", "WarehouseLocation", "connect"]
