"""The simulated after-sales study."""

from csresearch.demo.market import survey

SURVEY = survey("autoservice")
WORLD = SURVEY.world
FIELDWORK = SURVEY.fieldwork
