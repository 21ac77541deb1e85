"""Customer satisfaction research: from raw survey data to a strategy deck, every number with its interval."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
