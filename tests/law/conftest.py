"""Property tests of the law take as long as the machine needs: a slow machine is no reason to fail."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
