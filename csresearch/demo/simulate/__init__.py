"""Drawing from a world: customers and outlets with all that is latent, and the studies that ask them."""

from csresearch.demo.simulate.people import Network as Network
from csresearch.demo.simulate.people import customers as customers
from csresearch.demo.simulate.people import outlets as outlets
from csresearch.demo.simulate.study import population as population
from csresearch.demo.simulate.study import study as study
