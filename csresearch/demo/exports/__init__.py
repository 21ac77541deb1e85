"""Exports of survey platforms, written from coded answers: what a client sends, with the mess it comes in."""

from csresearch.demo.exports.asked import Question as Question
from csresearch.demo.exports.platforms import PLATFORMS as PLATFORMS
from csresearch.demo.exports.writing import export as export
from csresearch.demo.exports.writing import headers as headers
