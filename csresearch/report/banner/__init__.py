"""Banner tables: questions in rows, groups in columns, tested by the design."""

from csresearch.report.banner.banner import Banner as Banner
from csresearch.report.banner.banner import banner as banner
