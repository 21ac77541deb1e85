"""The grammar of study.toml: a file a group of tables."""

from csresearch.survey.grammar.data import Data as Data
from csresearch.survey.grammar.data import Dispositions as Dispositions
from csresearch.survey.grammar.data import Loop as Loop
from csresearch.survey.grammar.data import MultipleTable as MultipleTable
from csresearch.survey.grammar.entries import Careless as Careless
from csresearch.survey.grammar.entries import Labelled as Labelled
from csresearch.survey.grammar.entries import Rule as Rule
from csresearch.survey.grammar.entries import Table as Table
from csresearch.survey.grammar.fieldwork import Design as Design
from csresearch.survey.grammar.fieldwork import Groups as Groups
from csresearch.survey.grammar.fieldwork import Margins as Margins
from csresearch.survey.grammar.fieldwork import Population as Population
from csresearch.survey.grammar.fieldwork import Rake as Rake
from csresearch.survey.grammar.fieldwork import ReplicateWeights as ReplicateWeights
from csresearch.survey.grammar.fieldwork import margin_columns as margin_columns
from csresearch.survey.grammar.file import VERSION as VERSION
from csresearch.survey.grammar.file import File as File
from csresearch.survey.grammar.file import label_columns as label_columns
from csresearch.survey.grammar.plan import Layouts as Layouts
from csresearch.survey.grammar.plan import PlanTable as PlanTable
from csresearch.survey.grammar.plan import ReportTable as ReportTable
from csresearch.survey.grammar.plan import Step as Step
from csresearch.survey.grammar.questions import FacetTable as FacetTable
from csresearch.survey.grammar.questions import Roles as Roles
from csresearch.survey.grammar.questions import ScaleTable as ScaleTable
