"""Tests of trm.torch: a package, so that their names may be those of the tests beside it."""
