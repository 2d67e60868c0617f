"""数智督考 Dukao. Its version stands here, so that it is known where nothing was installed but the folder is run."""

__version__ = "0.1.0"
