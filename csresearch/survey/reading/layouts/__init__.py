"""Layouts of survey exports, each recognised by its signature."""

from csresearch.survey.reading.layouts.choosing import LAYOUTS as LAYOUTS
from csresearch.survey.reading.layouts.choosing import arrange as arrange
