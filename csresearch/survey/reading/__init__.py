"""Reading survey files: their source, their kind, their layout, their codes."""

from csresearch.survey.reading.coding import code_cell as code_cell
from csresearch.survey.reading.files import tabulate as tabulate
from csresearch.survey.reading.reading import read as read
from csresearch.survey.reading.sources import fetch as fetch
from csresearch.survey.reading.sources import packaged as packaged
from csresearch.survey.reading.table import KINDS as KINDS
from csresearch.survey.reading.table import Notes as Notes
from csresearch.survey.reading.table import Table as Table
