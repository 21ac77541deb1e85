"""The parameters of a simulated market, as data, and what follows from them without drawing."""

from csresearch.demo.world.parts import Equation as Equation
from csresearch.demo.world.parts import Event as Event
from csresearch.demo.world.parts import Fieldwork as Fieldwork
from csresearch.demo.world.parts import FloatArray as FloatArray
from csresearch.demo.world.parts import Item as Item
from csresearch.demo.world.parts import Journey as Journey
from csresearch.demo.world.parts import Logit as Logit
from csresearch.demo.world.parts import Segment as Segment
from csresearch.demo.world.parts import Shares as Shares
from csresearch.demo.world.parts import Style as Style
from csresearch.demo.world.parts import Touchpoint as Touchpoint
from csresearch.demo.world.world import World as World
